"""Recomputes everything from what is stored and names each difference, the earliest cause first.

The ledger's hashes and signature; that each entry says what the database says; cases, draws, ballots and verdicts;
every epoch's statement to the last micro-credit; the chain, transaction by transaction, and its balances.
It values by stored features, so that erasing a STIX body breaks nothing. It writes only the log of its reading.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import msgspec

from shieldwall.domain.cases import Case, CaseStatus, Judged, Method, Verdict
from shieldwall.domain.certificates import Recompute, differences, parse_certificate
from shieldwall.domain.contributions import Filed
from shieldwall.domain.epochs import Epoch
from shieldwall.domain.members import Member
from shieldwall.domain.policy import Policy
from shieldwall.errors import LedgerError, ShieldwallError, StorageError
from shieldwall.ledger import Entry, EntryKind, Frontier, VerifierKey, decode, leaf_hash, open_checkpoint
from shieldwall.mechanism.split import independent
from shieldwall.panel.draw import draw as draw_again
from shieldwall.panel.draw import seed
from shieldwall.panel.verdict import automatic, by_ballots
from shieldwall.ports import Clock, Link, Purpose, SettlementChain, Store, UnitOfWork
from shieldwall.services.ballots_again import ballots_again, opens
from shieldwall.services.cases_again import cases_again
from shieldwall.services.epoch import judged_case, state
from shieldwall.services.policies import objection, policy_with
from shieldwall.services.record import contribution_entry, draw_entry, epoch_entry, verdict_entry
from shieldwall.services.settlement import amounts_by_account, noted_balances

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Findings:
    """What an audit found.

    Attributes:
        differences: One sentence each; empty when everything agrees.
        figures: How much was checked: entries, contributions, cases, epochs, payouts, transactions.
    """

    differences: tuple[str, ...]
    figures: Mapping[str, int]

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.differences


class Audit:
    """Audits one alliance."""

    def __init__(
        self, store: Store, clock: Clock, chain: SettlementChain, verifier: VerifierKey, recompute: Recompute
    ) -> None:
        self._store = store
        self._clock = clock
        self._chain = chain
        self._verifier = verifier
        self._recompute = recompute

    def run(self, progress: Callable[[str], None] = lambda _: None) -> Findings:
        """Check everything once.

        Args:
            progress: Called with the name of each part before it begins.
        """
        with self._store.write() as uow:
            session = _Session(uow, self._clock.now(), self._chain, self._verifier, self._recompute)
            for name, part in session.parts():
                progress(name)
                session.differences.extend(_guarded(name, part()))
            try:
                uow.commit()
            except StorageError as error:
                session.differences.append(f"sealed table: the audit's reading of it was not logged: {error}")
        return Findings(tuple(session.differences), session.figures)


class _Session:
    """One run over one snapshot."""

    def __init__(
        self, uow: UnitOfWork, now: datetime, chain: SettlementChain, verifier: VerifierKey, recompute: Recompute
    ) -> None:
        self._uow = uow
        self._now = now
        self._chain = chain
        self._verifier = verifier
        self._recompute = recompute
        self._entries: list[Entry | None] = []
        self._raw: list[bytes] = []
        self._links: Mapping[str, Link] = {}
        self._members: dict[str, Member] = {}
        self._filed: list[tuple[Filed, int]] = []
        self._judged: dict[str, Judged] = {}
        self.differences: list[str] = []
        self.figures: dict[str, int] = {}

    def parts(self) -> Iterator[tuple[str, Callable[[], Iterator[str]]]]:
        """The parts in order; later ones build on what earlier ones read."""
        yield "ledger", self._ledger
        yield "policies", self._policies
        yield "contributions", self._contributions
        yield "objects", self._objects
        yield "cases", self._cases
        yield "verdicts", self._verdicts
        yield "epochs", self._epochs
        yield "chain", self._settlement

    def _ledger(self) -> Iterator[str]:
        """Every entry against its leaf, every node against its children, the root against the signature."""
        size = self._uow.ledger.size()
        frontier = Frontier()
        for start in range(0, size, _BATCH):
            for entry in self._uow.ledger.entries(start, _BATCH):
                index = len(self._raw)
                self._raw.append(entry)
                leaf = leaf_hash(entry)
                if leaf != self._uow.ledger.node(0, index):
                    yield f"ledger entry {index}: its bytes do not have the leaf hash in the tree"
                # Go on with the tree's own leaf, so that one damaged entry is one difference.
                frontier, completed = frontier.append(self._uow.ledger.node(0, index))
                for level, place, node in completed[1:]:
                    if node != self._uow.ledger.node(level, place):
                        yield f"ledger node {place} of level {level}: is not the hash of its children"
                self._entries.append(_decoded(entry))
                if self._entries[-1] is None:
                    yield f"ledger entry {index}: is not a ledger entry"
        self.figures["ledger_size"] = size
        if len(self._raw) != size:
            yield f"ledger: {size} entries are recorded and {len(self._raw)} are there"
        note = self._uow.ledger.checkpoint()
        if note is None:
            yield "ledger: there is no checkpoint"
            return
        checkpoint = open_checkpoint(note, self._verifier, self._verifier.name)
        if (checkpoint.size, checkpoint.root) != (frontier.size, frontier.root()):
            yield f"ledger checkpoint of size {checkpoint.size}: does not match the tree of {frontier.size} entries"

    def _policies(self) -> Iterator[str]:
        last, certificate = "", None
        for index, entry in self._of_kind(EntryKind.POLICY):
            last = str(entry.fields.get("policy"))
            policy = self._policy(last)
            if policy is None or policy.hash != last:
                yield f"ledger entry {index}: the text of policy {last[:12]} is missing or differs"
            certificate = entry.fields.get("certificate")
            if certificate is not None:
                yield from _guarded(f"ledger entry {index}", self._certificate(index, str(certificate), last))
        current = self._uow.documents.get("policy", "current")
        known = self._uow.documents.get("policy", last)
        if current != known:
            yield f"policy in force: is not the last one in the ledger, {last[:12]}"
        proof = self._uow.documents.get("certificate", "current")
        kept = self._uow.documents.get("certificate", str(certificate)) if certificate is not None else b""
        if proof != kept:
            yield "certificate of the policy in force: is not the last one in the ledger"

    def _certificate(self, index: int, expected: str, policy_hash: str) -> Iterator[str]:
        """The certificate that an adoption names: its bytes, that it certifies that very policy, and every figure."""
        text, policy = self._uow.documents.get("certificate", expected), self._policy(policy_hash)
        if text is None or hashlib.sha256(text).hexdigest() != expected:
            yield f"ledger entry {index}: the text of certificate {expected[:12]} is missing or differs"
            return
        certificate = parse_certificate(text)
        if objection(certificate, policy_hash) or policy is None:
            yield f"ledger entry {index}: certificate {expected[:12]} does not certify policy {policy_hash[:12]}"
            return
        for place, seen, right in differences(certificate, self._recompute(policy, certificate)):
            # An earlier version may have computed it; what it computed has to be the same.
            if place != "certificate.code":
                yield (
                    f"ledger entry {index}: certificate {expected[:12]} of version {certificate.code}: {place} is "
                    f"{seen!r:.100}, computed again {right!r:.100}"
                )
                return

    def _contributions(self) -> Iterator[str]:
        """Each contribution against its entry, and each entry against a contribution."""
        self._members = {member.id: member for member in self._uow.members.all()}
        recorded = self._filed = self._recorded()
        seen = set()
        for filed, index in recorded:
            contribution = filed.contribution
            seen.add(index)
            link = self._links.get(contribution.id)
            if link is None or link.member not in self._members:
                yield f"contribution {contribution.id}: the sealed table does not name its member"
                continue
            keys = self._uow.contributions.held(contribution.id)
            stored = self._uow.objects.stored(keys)
            expected = contribution_entry(
                contribution,
                filed.case,
                link.member,
                link.salt,
                [(key, item.digest) for key, item in stored.items()],
            )
            if not self._holds(index, expected):
                yield f"contribution {contribution.id}: differs from ledger entry {index}"
        for index, entry in self._of_kind(EntryKind.CONTRIBUTION):
            if index not in seen:
                yield f"ledger entry {index}: contribution {entry.fields.get('contribution')} is not stored"
        self.figures["contributions"] = len(recorded)

    def _recorded(self) -> list[tuple[Filed, int]]:
        filed = self._uow.contributions.all_in_order()
        ids = [item.contribution.id for item in filed]
        self._links = self._uow.seal.contributors(ids, Purpose.AUDIT, self._now)
        return [(item, self._uow.contributions.entry(item.contribution.id) or 0) for item in filed]

    def _objects(self) -> Iterator[str]:
        """What is served, where it has not been erased, against the digest that the ledger commits to."""
        after = checked = 0
        while batch := self._uow.objects.bodies(after, _BATCH):
            for number, (id_, version), digest, served in batch:
                after, checked = number, checked + 1
                if hashlib.sha256(served).digest() != digest:
                    yield f"object {id_} of {version}: what is served does not have the recorded hash"
        self.figures["objects"] = checked

    def _cases(self) -> Iterator[str]:
        """Clusters every contribution again."""
        cases = {case.id: case for case in self._uow.cases.newest(len(self._filed) + 1)}
        frozen = {case: verdict[2] for case in cases if (verdict := self._uow.cases.verdict(case)) is not None}
        yield from cases_again(self._filed, cases, frozen, self._uow.contributions.loose(), self._policy_at())
        self.figures["cases"] = len(cases)

    def _verdicts(self) -> Iterator[str]:
        """Draws, ballots and verdicts, each against its rule and its ledger entry."""
        entries: dict[str, bytes] = {
            str(entry.fields.get("case")): self._raw[index] for index, entry in self._of_kind(EntryKind.VERDICT)
        }
        for index, entry in self._of_kind(EntryKind.DRAW):
            name = f"draw {entry.fields.get('round')} of {entry.fields.get('case')}"
            yield from _guarded(name, self._draw(index, entry))
        yield from self._ballots()
        for case in self._uow.cases.with_status(CaseStatus.JUDGED, CaseStatus.SETTLED):
            yield from _guarded(f"verdict of {case.id}", self._verdict(case, entries.pop(case.id, b"")))
        for case_id in entries:
            yield f"verdict of {case_id}: is in the ledger and not in the database"

    def _ballots(self) -> Iterator[str]:
        by_case: dict[str, list[Entry]] = defaultdict(list)
        for _, entry in self._of_kind(EntryKind.BALLOT):
            by_case[str(entry.fields.get("case"))].append(entry)
        drawn = {str(entry.fields.get("case")) for _, entry in self._of_kind(EntryKind.DRAW)}
        for case in sorted(drawn | set(by_case)):
            again = ballots_again(case, self._uow.cases.seats(case), by_case[case])
            yield from _guarded(f"ballot of {case}", again)

    def _verdict(self, case: Case, recorded: bytes) -> Iterator[str]:
        judged = judged_case(self._uow, case.id)
        self._judged[case.id] = judged
        if self._verdict_again(case, judged) != judged.verdict:
            yield f"verdict of {case.id}: does not follow from its ballots or criterion"
        expected = verdict_entry(judged.judged_at, case.id, judged.verdict, judged.evidence, len(judged.filed))
        if recorded != expected:
            yield f"verdict of {case.id}: differs from its ledger entry"

    def _draw(self, index: int, entry: Entry) -> Iterator[str]:
        case, number = str(entry.fields.get("case")), entry.fields.get("round")
        stored = self._uow.documents.get("draw", f"{case}/{number}")
        if stored is None or not isinstance(number, int):
            yield f"ledger entry {index}: the draw of {case} is not stored"
            return
        facts = msgspec.json.decode(stored)
        if Frontier.at(facts["size"], self._uow.ledger.node).root().hex() != facts["root"] or facts["size"] > index:
            yield f"draw {number} of {case}: its seed is not the ledger's head at {facts['size']} entries"
        drawn_by = seed(bytes.fromhex(facts["root"]), facts["size"], case, number)
        chosen = [
            member.id
            for member in draw_again(drawn_by, [self._members[id_] for id_ in facts["eligible"]], len(facts["seats"]))
        ]
        expected = draw_entry(entry.at, case, number, facts["size"], drawn_by, facts["eligible"], chosen)
        if chosen != facts["seats"] or not self._holds(index, expected):
            yield f"draw {number} of {case}: does not follow from its seed, ledger entry {index}"

    def _verdict_again(self, case: Case, judged: Judged) -> Verdict | None:
        if judged.verdict.method is Method.BALLOTS:
            opened = [
                seat.ballot
                for seat in self._uow.cases.seats(case.id)
                if not seat.vacated and seat.ballot is not None and opens(seat)
            ]
            return by_ballots(opened) if opened else None
        _, corroborators = independent(judged.filed, self._member_of)
        features = [filed.contribution.features for filed in judged.filed]
        return automatic(features, len(corroborators), judged.evidence, self._policy_at()(judged.judged_at))

    def _epochs(self) -> Iterator[str]:
        """Every close, stated again from the judged cases."""
        epochs = self._uow.epochs.all()
        entries = {entry.fields.get("epoch"): self._raw[index] for index, entry in self._of_kind(EntryKind.EPOCH)}
        settled: set[str] = set()
        payouts = 0
        for epoch, following in pairwise(epochs):
            priced = tuple(self._uow.epochs.priced(epoch.number))
            paid = tuple(self._uow.epochs.payouts(epoch.number))
            payouts += len(paid)
            yield from _guarded(f"epoch {epoch.number}", self._close_again(epoch, following))
            for item in priced:
                if item.valued.case in settled:
                    yield f"case {item.valued.case}: is settled twice, the second time in epoch {epoch.number}"
                settled.add(item.valued.case)
            if entries.get(epoch.number) != epoch_entry(epoch, priced, paid):
                yield f"epoch {epoch.number}: its figures, cases or payouts differ from its ledger entry"
        for case in self._uow.cases.with_status(CaseStatus.SETTLED):
            if case.id not in settled:
                yield f"case {case.id}: is marked settled and no epoch paid it"
        self.figures["epochs"] = len(epochs) - 1
        self.figures["payouts"] = payouts

    def _close_again(self, epoch: Epoch, following: Epoch) -> Iterator[str]:
        policy = self._policy(epoch.policy or "")
        if policy is None or epoch.closed_at is None:
            yield f"epoch {epoch.number}: its policy or its close is missing"
            return
        stored = {item.valued.case: item for item in self._uow.epochs.priced(epoch.number)}
        cases = [self._judged[case] for case in stored if case in self._judged]
        members = {f.contribution.id: self._member_of(f.contribution.id) for judged in cases for f in judged.filed}
        again = state(self._uow, epoch, epoch.closed_at, policy, cases, members)
        for item in again.priced:
            if stored.get(item.valued.case) != item:
                yield f"epoch {epoch.number}, case {item.valued.case}: stored value or shares differ from the rules"
        if len(again.priced) != len(stored):
            yield f"epoch {epoch.number}: pays {len(stored) - len(again.priced)} cases without a verdict"
        paid = {payout.member: payout.amount for payout in self._uow.epochs.payouts(epoch.number)}
        for member in sorted(set(paid) | set(again.totals)):
            if paid.get(member, 0) != again.totals.get(member, 0):
                yield (
                    f"payout of epoch {epoch.number} to {member}: stored {paid.get(member, 0)}, "
                    f"recomputed {again.totals.get(member, 0)} micro-credits"
                )
        if again.epoch != epoch:
            yield f"epoch {epoch.number}: stored figures differ from the rules"
        opening = (following.post, following.reserve_before)
        if opening != (again.next_post, again.epoch.reserve_after):
            yield f"epoch {following.number}: its posted price or reserve does not follow from epoch {epoch.number}"

    def _settlement(self) -> Iterator[str]:
        """The chain from its first transaction, and its balances against payouts and the noted ones."""
        replay = self._chain.replay(self._uow.journal)
        yield from replay.differences
        waiting = {key for kind, key in self._uow.outbox.pending() if kind == "credit"}
        closed = [epoch.number for epoch in self._uow.epochs.all() if epoch.closed_at is not None]
        credited = [number for number in closed if number not in waiting]
        if replay.epoch != len(credited):
            yield f"chain: has credited {replay.epoch} epochs, the database says {len(credited)}"
        owed: dict[int, int] = defaultdict(int)
        for number in credited[: replay.epoch]:
            for account, amount in amounts_by_account(self._uow, number).items():
                owed[account] += amount
        noted = noted_balances(self._uow)
        for account in sorted(set(owed) | set(replay.balances) | set(noted)):
            balance = replay.balances.get(account, 0)
            expected = owed[account] - replay.withdrawn.get(account, 0)
            if balance != expected:
                found = f"payouts less withdrawals give {expected}, the chain {balance}"
                yield f"chain balance of account {account}: {found}"
            if noted.get(account, 0) != balance:
                yield f"chain balance of account {account}: noted {noted.get(account, 0)}, the chain says {balance}"
        self.figures["transactions"] = len(self._uow.journal.after(0))

    def _of_kind(self, kind: EntryKind) -> Iterator[tuple[int, Entry]]:
        for index, entry in enumerate(self._entries):
            if entry is not None and entry.kind is kind:
                yield index, entry

    def _holds(self, index: int, entry: bytes) -> bool:
        return index < len(self._raw) and self._raw[index] == entry

    def _member_of(self, contribution: str) -> Member:
        return self._members[self._links[contribution].member]

    def _policy(self, policy_hash: str) -> Policy | None:
        """The adopted policy with this hash, None if it is missing or cannot be read."""
        try:
            return policy_with(self._uow, policy_hash)
        except (ShieldwallError, ValueError):
            return None

    def _policy_at(self) -> Callable[[datetime], Policy]:
        """The policy in force at a time, by the ledger."""
        adopted = [(entry.at, str(entry.fields.get("policy"))) for _, entry in self._of_kind(EntryKind.POLICY)]

        def at(time: datetime) -> Policy:
            in_force = [policy for since, policy in adopted if since <= time]
            policy = self._policy(in_force[-1] if in_force else "")
            if policy is None:
                raise LedgerError(f"no policy was in force at {time.isoformat()}")
            return policy

        return at


def _guarded(name: str, part: Iterator[str]) -> Iterator[str]:
    """What is stored may be damaged in any way; an audit says so and goes on."""
    try:
        yield from part
    except Exception as error:  # noqa: BLE001 - see above
        yield f"{name}: cannot be read: {type(error).__name__}: {error}"


def _decoded(entry: bytes) -> Entry | None:
    try:
        return decode(entry)
    except LedgerError:
        return None
