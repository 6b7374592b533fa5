import math

from tandem.local.gateway.metrics import Traffic, difference, of, parse, scrape
from tests.local.gateway.edge import Edge, until

PAGE = """\
# TYPE envoy_cluster_upstream_rq counter
envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="invoice@1_0_0"} 90
envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="invoice@1_0_0"} 10
# TYPE envoy_cluster_upstream_rq_time histogram
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="invoice@1_0_0",le="10"} 50
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="invoice@1_0_0",le="20"} 90
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="invoice@1_0_0",le="+Inf"} 100
envoy_cluster_upstream_rq_time_sum{envoy_cluster_name="invoice@1_0_0"} 1000
"""


def test_a_page_of_envoys_becomes_traffic_per_cluster() -> None:
    traffic = of(parse(PAGE), "invoice@1.0.0")
    assert traffic.codes == {200: 90, 503: 10}
    assert (traffic.requests, traffic.of_class(5), traffic.error_rate) == (100, 10, 0.1)
    assert of(parse(PAGE), "card@1.0.0") == Traffic()


def test_a_quantile_is_interpolated_and_open_above_the_last_bound() -> None:
    traffic = of(parse(PAGE), "invoice@1.0.0")
    assert traffic.quantile_ms(0.5) == 10
    assert traffic.quantile_ms(0.7) == 15
    assert traffic.quantile_ms(0.95) == math.inf
    assert Traffic().quantile_ms(0.5) is None


def test_two_looks_give_what_happened_between_them() -> None:
    before = {"a": Traffic({200: 5, 500: 1}, {10: 4, math.inf: 6})}
    after = {"a": Traffic({200: 8, 500: 1}, {10: 6, math.inf: 9}), "b": Traffic({200: 1}, {})}
    assert difference(before, after) == {"a": Traffic({200: 3, 500: 0}, {10: 2, math.inf: 3}), "b": after["b"]}


def test_a_gateway_that_started_anew_counts_from_zero() -> None:
    assert Traffic({200: 3}).since(Traffic({200: 100})) == Traffic({200: 3})


def test_each_version_is_counted_apart(edge: Edge) -> None:
    before = scrape(edge.ports.admin)
    for _ in range(7):
        edge.who("/v1/invoices")
    edge.client.put("/v1/cards/crd_1")
    until(lambda: of(difference(before, scrape(edge.ports.admin)), "invoice@1.0.0").buckets.get(math.inf, 0) >= 7)
    between = difference(before, scrape(edge.ports.admin))
    assert of(between, "invoice@1.0.0").codes[200] == 7
    assert of(between, "card@1.0.0").of_class(4) == 1
    assert (of(between, "invoice@1.0.0").quantile_ms(0.5) or 0) < 1000
