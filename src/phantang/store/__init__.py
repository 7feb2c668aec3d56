"""Files on disk: the workspace, the catalog's texts, the ledger, the keys."""

from phantang.store.answered import Answered, AnswerStore, Held, Place, Standing
from phantang.store.folder import default_folder, read_folder
from phantang.store.keys import KeyFolder
from phantang.store.ledger import Appended, LedgerStore
from phantang.store.settings import Settings
from phantang.store.usage import Spender, Spent, UsageStore
from phantang.store.workspace import Workspace

__all__ = [
    "AnswerStore",
    "Answered",
    "Appended",
    "Held",
    "KeyFolder",
    "LedgerStore",
    "Place",
    "Settings",
    "Spender",
    "Spent",
    "Standing",
    "UsageStore",
    "Workspace",
    "default_folder",
    "read_folder",
]
