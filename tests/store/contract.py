"""What every store promises: one test per promise of each verb's docstring.

A backend's tests are a subclass with a fixture ``url`` that names an empty store.
"""

from contract_copy import CopyContract
from contract_door import DoorContract
from contract_events import EventContract
from contract_expiry import ExpiryContract
from contract_hand_over import HandOverContract
from contract_keys import KeyContract
from contract_line import LineContract
from contract_log import LogContract
from contract_looks import LookContract
from contract_notes import NoteContract
from contract_outbox import OutboxContract
from contract_recovery import RecoveryContract
from contract_sessions import SessionContract
from contract_states import StateContract
from contract_upkeep import UpkeepContract


class StoreContract(
    EventContract,
    LineContract,
    StateContract,
    ExpiryContract,
    SessionContract,
    DoorContract,
    HandOverContract,
    KeyContract,
    NoteContract,
    OutboxContract,
    LogContract,
    LookContract,
    RecoveryContract,
    CopyContract,
    UpkeepContract,
):
    """All of them."""
