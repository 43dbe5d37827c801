"""How to reach a language model and how much it may cost. Values only; the environment is read in `rag.settings`."""

from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """An OpenAI-compatible endpoint with its limits: cấu hình mô hình ngôn ngữ.

    Times are seconds. Prices are in VND for a million tokens, the cap in VND a day; with both prices 0 (a model of
    the school's own) the cap never bites. `api_key` never shows in a repr.

    Raises:
        ValueError: a limit is not positive, or the address is not http(s) (plain http only to a private name is the
            operator's choice and not judged here).
    """

    base_url: str
    model: str
    api_key: str = field(default="none", repr=False)
    timeout: float = 12.0
    max_answer_tokens: int = 700
    max_prompt_chars: int = 24_000
    calls_per_minute: int = 60
    failures_to_pause: int = 5
    pause: float = 30.0
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)
    daily_cap: Decimal = Decimal(50_000)
    prompt_version: str = "v1"

    def __post_init__(self) -> None:
        if urlsplit(self.base_url).scheme not in ("http", "https") or not self.model:
            raise ValueError("an http(s) base_url and a model are needed")
        counts = (
            self.max_answer_tokens,
            self.max_prompt_chars,
            self.calls_per_minute,
            self.failures_to_pause,
        )
        if (
            min(*counts, self.timeout, self.pause) <= 0
            or min(self.price_in, self.price_out, self.daily_cap) < 0
        ):
            raise ValueError("limits must be positive and prices not negative")
