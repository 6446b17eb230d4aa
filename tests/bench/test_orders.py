"""A file of orders is taken in at 5,000 a second of CPU time or more, again with no change, in little memory."""

from pathlib import Path

from bench import orders

COUNT = 15_000


def test_orders_come_in_at_five_thousand_a_second_of_cpu_time(tmp_path: Path) -> None:
    file, url = tmp_path / "orders.csv", f"sqlite:///{tmp_path / 'desk.db'}"
    orders.write(file, COUNT)
    first = orders.take_in(file, url)
    assert (first.said["new"], first.said["broken"]) == (COUNT, 0)
    again = orders.take_in(file, url)
    assert (again.said["new"], again.said["changed"], again.said["same"]) == (0, 0, COUNT)
    for run in (first, again):
        assert run.speed >= 5000, f"{run.speed:.0f} orders a second"
        assert run.memory < 200
