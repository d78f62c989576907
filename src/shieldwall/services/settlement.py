"""Moves what the ledger owes to the chain, once, and lets members withdraw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from shieldwall.domain.amounts import format_credits
from shieldwall.domain.epochs import Payout
from shieldwall.domain.members import Member
from shieldwall.errors import InvalidInput, NotPermitted, SettlementError, StorageError
from shieldwall.ports import SettlementChain, Store, UnitOfWork
from shieldwall.stix.canonical import canonical_json


class Settlement:
    """Pays members.

    Args:
        address_of: Address of a 32-byte settlement key.
    """

    def __init__(self, store: Store, chain: SettlementChain, address_of: Callable[[bytes], str]) -> None:
        self._store = store
        self._chain = chain
        self._address_of = address_of

    def dispatch(self) -> int:
        """Send what is pending, each row with its chain transaction in one unit of work; return how many.

        Repeating it, or dying in the middle of it, pays nothing twice: a row leaves the outbox together with the
        transaction, and the contract takes each epoch once.
        """
        with self._store.read() as uow:
            if not uow.outbox.pending():
                return 0
            # Loads the engine and catches up before anybody has to wait for the write lock.
            self._chain.epoch(uow.journal)
        sent = 0
        while True:
            with self._store.write() as uow:
                pending = uow.outbox.pending()
                if not pending:
                    return sent
                kind, key = pending[0]
                if kind == "register":
                    self._register(uow, key)
                else:
                    self._chain.credit(uow.journal, key, amounts_by_account(uow, key))
                uow.outbox.done(kind, key)
                self._note_balances(uow)
                uow.commit()
            sent += 1

    def withdraw(self, member: Member, amount: int) -> None:
        """Send micro-credits from the member's account to its own address.

        Raises:
            NotPermitted: If the member holds its key itself, or has no account.
            InvalidInput: If the amount is not positive or exceeds the balance.
        """
        if member.account is None:
            raise NotPermitted(f"a {member.role} has no settlement account")
        self.dispatch()
        with self._store.write() as uow:
            key = uow.members.chain_key(member.id)
            if key is None:
                raise NotPermitted(f"{member.name} holds its own key: withdraw with it on the chain")
            balance = self._chain.balances(uow.journal).get(member.account, 0)
            if not 0 < amount <= balance:
                expected = f"more than 0 and at most the balance, {format_credits(balance)} credits"
                raise InvalidInput("amount", format_credits(amount), expected)
            self._chain.withdraw(uow.journal, member.account, amount, key)
            self._note_balances(uow)
            uow.commit()

    def balance(self, member: Member) -> int:
        """Micro-credits the member can withdraw."""
        return 0 if member.account is None else self.balances().get(member.account, 0)

    def balances(self) -> Mapping[int, int]:
        """Micro-credits by account as last seen on the chain: no page waits for an EVM."""
        with self._store.read() as uow:
            return noted_balances(uow)

    def earnings(self, member: Member) -> tuple[Payout, ...]:
        """The member's payouts, the earliest first."""
        with self._store.read() as uow:
            return tuple(
                payout
                for epoch in uow.epochs.all()
                for payout in uow.epochs.payouts(epoch.number)
                if payout.member == member.id
            )

    def _note_balances(self, uow: UnitOfWork) -> None:
        balances = {str(account): amount for account, amount in self._chain.balances(uow.journal).items()}
        uow.documents.put("chain", "balances", canonical_json(balances))

    def _register(self, uow: UnitOfWork, account: int) -> None:
        member = next((m for m in uow.members.all() if m.account == account), None)
        if member is None:
            raise StorageError(f"account {account} waits for registration and belongs to nobody. Run the audit")
        own, key = uow.documents.get("address", member.id), uow.members.chain_key(member.id)
        if own is None and key is None:
            raise SettlementError(f"account {account} has neither an address nor a key")
        address = own.decode() if own is not None else self._address_of(key or b"")
        self._chain.register(uow.journal, account, address)


def noted_balances(uow: UnitOfWork) -> dict[int, int]:
    """The balances noted beside the last chain transaction; the audit compares them with the chain's own."""
    noted = uow.documents.get("chain", "balances")
    return msgspec.json.decode(noted, type=dict[int, int]) if noted is not None else {}


def amounts_by_account(uow: UnitOfWork, epoch: int) -> dict[int, int]:
    """What an epoch pays, by settlement account.

    Raises:
        StorageError: If a payout belongs to nobody who can be paid.
    """
    accounts = {member.id: member.account for member in uow.members.all()}
    amounts: dict[int, int] = {}
    for payout in uow.epochs.payouts(epoch):
        account = accounts.get(payout.member)
        if account is None:
            raise StorageError(f"epoch {epoch} pays {payout.member}, who has no account. Run the audit")
        amounts[account] = payout.amount
    return amounts
