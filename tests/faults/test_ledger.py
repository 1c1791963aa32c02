"""The checks of the fault tests catch what they are there to catch."""

from faults.ledger import (
    Failure,
    Ledger,
    Shown,
    Step,
    Ticket,
    Token,
    back_at,
    duplicates,
    epochs,
    overtaken,
    shown_too_much,
    too_early,
    went_back,
)


def ticket(position: int, at: float = 0.0, host: str = "a") -> Ticket:
    """A place that was asked for at ``at`` and given a tenth of a second later."""
    return Ticket(at, at + 0.1, host, position, f"request-{position}")


def shown(at: float, serving: int, wire: int = 1, queue: int = 0) -> Shown:
    """What one visitor saw at ``at``."""
    return Shown(at, at + 0.1, 1, wire, 1, queue, serving)


def token(position: int, at: float) -> Token:
    """A token for ``position``."""
    return Token(at, at + 0.1, ticket(position), "")


def test_a_position_given_twice_is_seen() -> None:
    """unique: each position once, whoever gave it."""
    assert duplicates([ticket(1), ticket(2), ticket(1, host="b")]) == [1]
    assert not duplicates([ticket(1), ticket(2)])


def test_a_line_that_began_anew_is_seen() -> None:
    """Another epoch is another line."""
    assert len(epochs([shown(0, 1), shown(1, 1)._replace(epoch=2)])) == 2


def test_a_worker_that_goes_back_is_seen() -> None:
    """On one connection no counter may fall, not even for a moment."""
    assert went_back([shown(0, 5), shown(0.2, 4)])
    assert went_back([shown(0, 5, queue=9), shown(0.2, 5, queue=8)])
    assert not went_back([shown(0, 5), shown(0.2, 5), shown(0.4, 6)])


def test_workers_may_be_two_seconds_apart_and_no_more() -> None:
    """Between connections, what was seen 2 s before holds; what is younger need not."""
    assert not went_back([shown(0, 5, wire=1), shown(1.9, 4, wire=2)])
    assert went_back([shown(0, 5, wire=1), shown(2.2, 4, wire=2)])
    assert not went_back([shown(0, 5, wire=1), shown(2.2, 5, wire=2)])


def test_visitors_are_not_compared_with_each_other() -> None:
    """What another visitor saw binds nobody."""
    assert not went_back([shown(0, 5), shown(9, 4)._replace(visitor=2, wire=2)])


def test_a_counter_beyond_what_was_asked_for_is_seen() -> None:
    """bounded: the counter is never above the sum of the steps until then."""
    ledger = Ledger(steps=[Step(0, 10), Step(5, 10)])
    ledger.shown += [shown(1, 10), shown(1.2, 11), shown(6, 20)]
    assert shown_too_much(ledger) == [shown(1.2, 11)]


def test_a_token_above_the_counter_is_seen() -> None:
    """exact: not above what was asked for, nor above what is shown two seconds later."""
    ledger = Ledger(steps=[Step(0, 10)])
    ledger.tokens += [token(10, 1), token(11, 1)]
    assert too_early(ledger) == [token(11, 1)]
    ledger.shown += [shown(2, 8), shown(4, 9)]  # the first may be as old as the token
    assert too_early(ledger) == [token(10, 1), token(11, 1)]


def test_overtaking_is_seen() -> None:
    """fifo: who asks after another was answered is behind them."""
    assert overtaken([ticket(2, at=0), ticket(1, at=1)]) == [ticket(1, at=1)]
    assert not overtaken([ticket(2, at=0), ticket(1, at=0.05)])  # both were waiting at once


def test_service_is_back_after_the_last_error() -> None:
    """Back is when the last error or standstill ended, once a second has passed without any."""
    ledger = Ledger(tickets=[ticket(n, at=n / 10) for n in range(60)])
    assert back_at(ledger, 1.0, 6.0, ["a"]) == 1.0
    assert back_at(ledger, 1.0, 6.0, ["a", "b"]) is None
    ledger.failures.append(Failure(3.0, "a", "status", "503"))
    assert back_at(ledger, 1.0, 6.0, ["a"]) == 3.0
    ledger.failures.append(Failure(5.5, "a", "status", "503"))
    assert back_at(ledger, 1.0, 6.0, ["a"]) is None


def test_a_standstill_without_an_error_counts() -> None:
    """Joins that hang are no service, even if all are answered in the end."""
    early = [ticket(n, at=n / 10) for n in range(10)]
    late = [ticket(n, at=n / 10) for n in range(30, 60)]
    assert back_at(Ledger(tickets=early + late), 0.5, 6.0, ["a"]) == late[0].received
    assert back_at(Ledger(tickets=early), 0.5, 6.0, ["a"]) is None
