"""A token says what its session says, the same each time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from waitroom.core.claims import TOKEN_USES, token_claims
from waitroom.core.limits import MAX_POSITION
from waitroom.core.model import Place, Session, SessionStatus

REQUEST_ID = "757b930d-c732-6106-8daa-8d7449af9d61"


def test_the_claims_are_those_of_the_contract() -> None:
    """Exactly these claims under exactly these names: clients of the old system read them."""
    session = Session(
        Place(42, 1_699_999_000), 1_700_000_000, 1_700_003_600, "https://wait.example"
    )
    assert token_claims("sample", REQUEST_ID, session) == {
        "aud": "sample",
        "sub": REQUEST_ID,
        "queue_position": 42,
        "iat": 1_700_000_000,
        "nbf": 1_700_000_000,
        "exp": 1_700_003_600,
        "iss": "https://wait.example",
    }


def test_there_are_three_tokens() -> None:
    """An admitted visitor gets one token of each use."""
    assert TOKEN_USES == ("access", "refresh", "id")


times = st.integers(0, 2**33)
sessions = st.builds(
    Session,
    st.builds(Place, st.integers(1, MAX_POSITION), times),
    times,
    times,
    st.just("https://wait.example"),
    st.sampled_from(SessionStatus),
)


@given(sessions)
def test_one_session_is_one_identity(session: Session) -> None:
    """Asked twice, a session gives equal claims; no clock and no chance has a part in them."""
    claims = token_claims("sample", REQUEST_ID, session)
    assert claims == token_claims("sample", REQUEST_ID, session)
    assert claims["iat"] == claims["nbf"] == session.issued_at
    assert claims["exp"] == session.expires_at
