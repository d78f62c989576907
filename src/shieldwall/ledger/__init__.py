"""The tamper-evident ledger: entries, the tree over them, checkpoints, receipts; bytes in, bytes out."""

from shieldwall.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from shieldwall.ledger.entry import Entry, EntryKind, commitment, decode, encode, open_commitment
from shieldwall.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from shieldwall.ledger.note import Note, SigningKey, VerifierKey, sign, verify
from shieldwall.ledger.proof import Opened, Receipt, VerifiedReceipt, verify_receipt

__all__ = [
    "EMPTY_ROOT",
    "Checkpoint",
    "Entry",
    "EntryKind",
    "Frontier",
    "Note",
    "Opened",
    "Receipt",
    "SigningKey",
    "VerifiedReceipt",
    "VerifierKey",
    "commitment",
    "consistency_path",
    "decode",
    "encode",
    "inclusion_path",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "open_commitment",
    "root",
    "sign",
    "sign_checkpoint",
    "verify",
    "verify_consistency",
    "verify_inclusion",
    "verify_receipt",
]
