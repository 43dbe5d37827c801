"""A million inputs in every run: some guided by coverage (atheris), most seeded mutations of real files."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import pytest

from bench.card_fuzz import SEED, parse_all, read_all
from kiosk.card.emulator.personalise import CardPlan
from kiosk.card.emulator.portraits import grey_jpeg
from tests.kiosk.card.support import card

GUIDED, SEEDED, SESSIONS = 200_000, 800_000, 150
MEMORY_MB, SECONDS_AN_INPUT = 400, 10
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def surprises(ends):
    return {end: count for end, count in ends.items() if end.startswith("surprise")}


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this machine"
)
def test_two_hundred_thousand_guided_inputs_give_typed_errors_only_in_bounded_memory_and_time(tmp_path):
    limits = [f"-rss_limit_mb={MEMORY_MB}", f"-timeout={SECONDS_AN_INPUT}", "-max_len=4096"]
    options = [f"-runs={GUIDED}", "-seed=1", "-print_final_stats=1", f"-artifact_prefix={tmp_path}/"]
    # A shell stands between: the kernel counts a parent's peak of memory as the child's own until it forks again.
    forking = ["sh", "-c", '"$@"; exit $?', "sh"]
    ran = subprocess.run(
        [*forking, sys.executable, "-m", "tests.kiosk.card.fuzz_atheris", *options, *limits],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    done = re.search(r"number_of_executed_units: (\d+)", ran.stderr)
    assert done is not None
    assert int(done[1]) >= GUIDED


def test_eight_hundred_thousand_damaged_files_and_answers_give_typed_errors_only():
    emulated = card(CardPlan(without=frozenset()), portrait=grey_jpeg(150))
    ends = parse_all(emulated, SEEDED, SEED)
    assert surprises(ends) == {}
    assert ends.total() == SEEDED
    assert ends["accepted"] < SEEDED / 2, "the mutations must do damage"


def test_readings_of_lying_cards_name_nobody_else_and_call_nothing_genuine_that_is_not():
    emulated = card(CardPlan(without=frozenset()), portrait=grey_jpeg(150))
    ends, most = read_all(emulated, SESSIONS, SEED)
    assert surprises(ends) == {}
    assert most < 200
    assert len(ends) > 3, "the lies must be noticed in several ways"
