import json
from pathlib import Path

from rag.guard import abstention
from rag.settings import RagSettings

SHIPPED = json.loads(Path(abstention.__file__).with_name("abstention.json").read_text(encoding="utf-8"))


def test_a_question_is_answered_from_the_threshold_that_the_fit_chose():
    # Set higher by hand after a look at the development set; lower would tell more wrong answers than the fit weighed.
    assert SHIPPED["threshold"] <= RagSettings.model_fields["answer_threshold"].default <= 0.4


def test_a_deleted_passage_is_missed_as_often_as_promised():
    assert SHIPPED["cross_validated_auroc"]["deleted"] >= 0.88
