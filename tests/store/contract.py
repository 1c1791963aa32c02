"""What every store promises: one test per promise of each verb's docstring.

A backend's tests are a subclass with a fixture ``url`` that names an empty store.
"""

from contract_events import EventContract
from contract_expiry import ExpiryContract
from contract_keys import KeyContract
from contract_line import LineContract
from contract_sessions import SessionContract
from contract_upkeep import UpkeepContract


class StoreContract(
    EventContract, LineContract, ExpiryContract, SessionContract, KeyContract, UpkeepContract
):
    """All of them."""
