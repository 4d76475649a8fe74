"""The reading of wrk's report and the arithmetic over several runs."""

import pytest

from . import load, process, rounds

REPORT = """Running 3s test @ http://127.0.0.1:8080/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.04ms    2.05ms  26.11ms   91.56%
    Req/Sec    54.93k     5.51k   65.40k    73.33%
  Latency Distribution
     50%  484.00us
     75%  712.00us
     90%    2.53ms
     99%    8.54ms
  163990 requests in 3.00s, 31.12MB read
Requests/sec:  54663.05
Transfer/sec:     10.37MB
"""


def test_report_is_read():
    result = load.read_report(REPORT)
    assert result["requests"] == 163990
    assert result["requests_per_s"] == pytest.approx(54663.3, abs=0.1)
    assert result["p50_us"] == 484.0
    assert result["p99_us"] == 8540.0


@pytest.mark.parametrize(
    "fault",
    [
        "  Non-2xx or 3xx responses: 7\n",
        "  Socket errors: connect 0, read 1, write 0, timeout 0\n",
    ],
)
def test_faults_are_no_figures(fault):
    with pytest.raises(load.WrongAnswer):
        load.read_report(REPORT + fault)


def test_units():
    assert load.microseconds("12.5us") == 12.5
    assert load.microseconds("1.5ms") == 1500
    assert load.microseconds("2s") == 2e6
    assert load.microseconds("1.00m") == 60e6


def test_summary_gives_median_and_spread():
    facts = load.summary([{"cpu_us": 9.0}, {"cpu_us": 10.0}, {"cpu_us": 12.0}])
    assert facts == {"runs": 3, "cpu_us": 10.0, "cpu_us_spread": 0.3}


def test_ratio_pairs_neighbours():
    ours = [{"x": 2.0}, {"x": 40.0}, {"x": 6.0}]
    floor = [{"x": 1.0}, {"x": 20.0}, {"x": 2.0}]
    assert rounds.ratio_of(ours, floor, "x") == 2.0


def test_alternate_goes_round():
    seen = []
    first, second = rounds.alternate(2, lambda: seen.append("a"), lambda: seen.append("b"))
    assert seen == ["a", "b", "a", "b"]
    assert len(first) == len(second) == 2


def test_tree_counts_children():
    with process.subprocess.Popen(["sleep", "5"]) as child:
        assert child.pid in process.tree(process.os.getpid())
        child.kill()
    assert process.cpu_us(process.os.getpid()) > 0
    assert process.resident_bytes(process.os.getpid()) > 1e6
