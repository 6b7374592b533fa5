"""What each version of a service answered between two looks: the figures a canary is judged by."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

from tandem.local.gateway.admin import ask
from tandem.local.gateway.resources import stat_name

_FILTER = r"^cluster\..*\.upstream_rq_(\d\d\d|time)$"
_SAMPLE = re.compile(r"envoy_cluster_upstream_rq(_time_bucket)?\{(?P<labels>[^}]*)\} (?P<value>[0-9.e+]+)")
_Key = TypeVar("_Key", int, float)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Traffic:
    """Requests by status code, and cumulative counts by upper bound in milliseconds as Prometheus has them."""

    codes: Mapping[int, int] = field(default_factory=dict)
    buckets: Mapping[float, int] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return sum(self.codes.values())

    def of_class(self, hundreds: int) -> int:
        """`of_class(5)`: the answers with a 5xx status."""
        return sum(count for code, count in self.codes.items() if code // 100 == hundreds)

    @property
    def error_rate(self) -> float:
        return self.of_class(5) / self.requests if self.requests else 0.0

    def quantile_ms(self, share: float) -> float | None:
        """Interpolated within its bucket; None when nothing was timed, infinite beyond the last bound."""
        total = self.buckets.get(math.inf, 0)
        wanted, lower_bound, below = share * total, 0.0, 0
        for bound, count in sorted(self.buckets.items()):
            if total and count >= wanted:
                inside = (wanted - below) / (count - below) if count > below else 1.0
                return bound if math.isinf(bound) else lower_bound + (bound - lower_bound) * inside
            lower_bound, below = bound, count
        return None

    def since(self, before: "Traffic") -> "Traffic":
        """Envoy only counts up. A count that fell means that it was restarted: then all of it is new."""
        if any(self.codes.get(code, 0) < count for code, count in before.codes.items()):
            return self
        return Traffic(_less(self.codes, before.codes), _less(self.buckets, before.buckets))


Scrape = Mapping[str, Traffic]


def scrape(admin_port: int) -> dict[str, Traffic]:
    """By the name a cluster has in statistics; look up with `of`. Times lag the counts by up to half a second."""
    return parse(ask(admin_port, "/stats/prometheus?usedonly&filter=" + quote(_FILTER)))


def of(scraped: Scrape, cluster: str) -> Traffic:
    return scraped.get(stat_name(cluster), Traffic())


def difference(before: Scrape, after: Scrape) -> dict[str, Traffic]:
    return {name: traffic.since(before.get(name, Traffic())) for name, traffic in after.items()}


def parse(text: str) -> dict[str, Traffic]:
    codes: dict[str, dict[int, int]] = {}
    buckets: dict[str, dict[float, int]] = {}
    for sample in _SAMPLE.finditer(text):
        labels = dict(_LABEL.findall(sample["labels"]))
        name, count = labels["envoy_cluster_name"], int(float(sample["value"]))
        if "le" in labels:
            buckets.setdefault(name, {})[float(labels["le"])] = count
        elif "envoy_response_code" in labels:
            codes.setdefault(name, {})[int(labels["envoy_response_code"])] = count
    return {name: Traffic(codes.get(name, {}), buckets.get(name, {})) for name in {*codes, *buckets}}


def _less(after: Mapping[_Key, int], before: Mapping[_Key, int]) -> dict[_Key, int]:
    return {key: count - before.get(key, 0) for key, count in after.items()}
