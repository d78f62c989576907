"""Every table, as SQLAlchemy Core metadata; ``migrations`` builds exactly this.

Numbers called ``seq`` or ``key`` are SQLite row ids: they rise in the order of insertion. Byte strings stand last
in a row, so that a scan that filters does not read them. The ``sealed_`` tables are the only ones that connect a
contribution or an object lineage with a member; ``original`` holds what a member sent, for that member.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from shieldwall.domain.access import Level
from shieldwall.domain.cases import CaseStatus, Method
from shieldwall.domain.members import Role, Tier
from shieldwall.ports import Purpose
from shieldwall.stix.markings import Tlp
from shieldwall.storage.columns import Choice, Instant, Ratio, Texts, Whole

metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _number(name: str) -> Column[Any]:
    return Column(name, Integer, primary_key=True, autoincrement=True)


def _needed(name: str, kind: Any, *rest: Any) -> Column[Any]:
    return Column(name, kind, *rest, nullable=False)


def _case() -> ForeignKey:
    """Checked at the commit: a unit of work may file before it opens the case."""
    return ForeignKey("cases.id", deferrable=True, initially="DEFERRED")


member = Table(
    "member",
    metadata,
    _number("seq"),
    _needed("id", Text),
    _needed("name", Text),
    _needed("role", Choice(Role)),
    _needed("tier", Choice(Tier)),
    _needed("organisation", Text),
    _needed("aliases", Texts),
    _needed("aggregator", Boolean),
    Column("account", Integer),
    _needed("submissions", Text),
    _needed("pool", Text),
    _needed("joined_at", Instant),
    UniqueConstraint("id"),
    UniqueConstraint("name"),
    UniqueConstraint("account"),
    UniqueConstraint("submissions"),
    UniqueConstraint("pool"),
)

credential = Table(
    "credential",
    metadata,
    Column("member", Text, ForeignKey("member.id"), primary_key=True),
    _needed("token_hash", LargeBinary),
    Column("chain_key", LargeBinary),
    UniqueConstraint("token_hash"),
)

object_version = Table(
    "object_version",
    metadata,
    _number("key"),
    _needed("stix_id", Text),
    _needed("version", Text),
    _needed("version_text", Text),
    _needed("type", Text),
    _needed("spec_version", Text),
    _needed("tlp", Choice(Tlp, Integer)),
    _needed("digest", LargeBinary),
    Column("served", LargeBinary),
    UniqueConstraint("stix_id", "version"),
)

original = Table(
    "original",
    metadata,
    _number("seq"),
    _needed("member", Text),
    _needed("object", Integer, ForeignKey("object_version.key")),
    _needed("date_added", Instant),
    Column("body", LargeBinary),
    UniqueConstraint("object", "member"),
    Index("ix_original_member", "member", "seq", "date_added"),
)

pseudonym = Table("pseudonym", metadata, Column("id", Text, primary_key=True), sqlite_with_rowid=False)

instant = Table("instant", metadata, _number("id"), _needed("last", BigInteger))

stream = Table(
    "stream",
    metadata,
    _number("id"),
    _needed("level", Choice(Level)),
    Column("parent", Integer, ForeignKey("stream.id")),
    _needed("fork_seq", Integer),
    _needed("settled", Integer),
)
Index("uq_stream_root", stream.c.level, unique=True, sqlite_where=stream.c.parent.is_(None))

subscription = Table(
    "subscription",
    metadata,
    Column("member", Text, primary_key=True),
    _needed("stream", Integer, ForeignKey("stream.id")),
)

released = Table(
    "released",
    metadata,
    _number("seq"),
    _needed("object", Integer, ForeignKey("object_version.key")),
    _needed("at", Instant),
    _needed("critical", Boolean),
    UniqueConstraint("object"),
)

delivery = Table(
    "delivery",
    metadata,
    _number("seq"),
    _needed("stream", Integer, ForeignKey("stream.id")),
    _needed("object", Integer, ForeignKey("object_version.key")),
    _needed("date_added", Instant),
    UniqueConstraint("object", "stream"),
    Index("ix_delivery_stream", "stream", "seq", "date_added"),
)

contribution = Table(
    "contribution",
    metadata,
    _number("key"),
    _needed("id", Text),
    _needed("case_id", Text, _case()),
    _needed("accepted_at", Instant),
    _needed("root", Text),
    _needed("root_type", Text),
    Column("root_key", Text),
    Column("cve", Text),
    _needed("size", Integer),
    _needed("parts", Texts),
    _needed("impact", Integer),
    _needed("decay", Text),
    _needed("known", Integer),
    _needed("entry", Integer),
    _needed("objects", Texts),
    UniqueConstraint("id"),
    Index("ix_contribution_case", "case_id"),
    Index("ix_contribution_root_key", "root_key"),
    Index("ix_contribution_order", "accepted_at", "id"),
)

contribution_object = Table(
    "contribution_object",
    metadata,
    Column("contribution", Integer, ForeignKey("contribution.key"), primary_key=True),
    Column("object", Integer, ForeignKey("object_version.key"), primary_key=True),
    sqlite_with_rowid=False,
)

observable = Table(
    "observable",
    metadata,
    _number("key"),
    _needed("digest", LargeBinary),
    _needed("holders", Integer),
    Column("loose_from", Integer),
    UniqueConstraint("digest"),
)

holding = Table(
    "holding",
    metadata,
    Column("observable", Integer, ForeignKey("observable.key"), primary_key=True),
    Column("contribution", Integer, ForeignKey("contribution.key"), primary_key=True),
    _needed("is_hash", Boolean),
    Index("ix_holding_contribution", "contribution"),
    sqlite_with_rowid=False,
)

sighting = Table(
    "sighting",
    metadata,
    Column("stix_id", Text, primary_key=True),
    Column("member", Text, primary_key=True),
    _needed("at", Instant),
    sqlite_with_rowid=False,
)

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),
    _needed("opened_at", Instant),
    _needed("opened_epoch", Integer),
    _needed("status", Choice(CaseStatus)),
    _needed("round", Integer),
    Column("due_at", Instant),
    Column("reveal_from", Instant),
    _needed("reason", Text),
    Index("ix_cases_status", "status", "opened_at", "id"),
    Index("ix_cases_order", "opened_at", "id"),
)

seat = Table(
    "seat",
    metadata,
    _number("seq"),
    _needed("case_id", Text, _case()),
    _needed("panelist", Text),
    _needed("round", Integer),
    _needed("drawn_at", Instant),
    Column("commitment", LargeBinary),
    Column("valid", Boolean),
    Column("severity", Integer),
    Column("root", Boolean),
    Column("nonce", LargeBinary),
    _needed("vacated", Boolean),
    UniqueConstraint("case_id", "panelist"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("case_id", Text, _case(), primary_key=True),
    _needed("judged_at", Instant),
    _needed("valid", Boolean),
    _needed("severity", Integer),
    _needed("root", Boolean),
    _needed("method", Choice(Method)),
    _needed("ballots", Integer),
    Column("exploited_on", Date),
    Column("epss", Ratio),
    Column("cvss", Integer),
)

sealed_link = Table(
    "sealed_link",
    metadata,
    _number("seq"),
    _needed("contribution", Text),
    _needed("member", Text),
    _needed("salt", LargeBinary),
    UniqueConstraint("contribution"),
    Index("ix_sealed_link_member", "member"),
)

sealed_owner = Table(
    "sealed_owner",
    metadata,
    Column("lineage", Text, primary_key=True),
    _needed("member", Text),
    sqlite_with_rowid=False,
)

sealed_read = Table(
    "sealed_read",
    metadata,
    _number("seq"),
    _needed("at", Instant),
    _needed("purpose", Choice(Purpose)),
    _needed("found", Integer),
)

ledger_entry = Table("ledger_entry", metadata, _number("position"), _needed("body", LargeBinary))

ledger_node = Table(
    "ledger_node",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    _needed("hash", LargeBinary),
    sqlite_with_rowid=False,
)

ledger_checkpoint = Table("ledger_checkpoint", metadata, _number("size"), _needed("note", LargeBinary))

epoch = Table(
    "epoch",
    metadata,
    _number("number"),
    _needed("opened_at", Instant),
    _needed("post", BigInteger),
    _needed("reserve_before", BigInteger),
    Column("closed_at", Instant),
    Column("budget", BigInteger),
    Column("money", BigInteger),
    Column("gross", Whole),
    Column("points", BigInteger),
    Column("paid", BigInteger),
    Column("reserve_after", BigInteger),
    Column("policy", Text),
)

priced = Table(
    "priced",
    metadata,
    Column("epoch", Integer, ForeignKey("epoch.number"), primary_key=True),
    Column("case_id", Text, _case(), primary_key=True),
    _needed("opened_epoch", Integer),
    _needed("severity", BigInteger),
    _needed("exploitation", Ratio),
    _needed("scope", Ratio),
    _needed("tier", Ratio),
    _needed("specificity", Ratio),
    _needed("actionability", Ratio),
    _needed("novelty", Ratio),
    _needed("timeliness", Ratio),
    _needed("points", BigInteger),
    _needed("amount", BigInteger),
    UniqueConstraint("case_id"),
)

share = Table(
    "share",
    metadata,
    _number("seq"),
    _needed("epoch", Integer, ForeignKey("epoch.number")),
    _needed("case_id", Text, _case()),
    _needed("contribution", Text),
    _needed("first", Boolean),
    _needed("amount", BigInteger),
    UniqueConstraint("epoch", "case_id", "contribution"),
)

payout = Table(
    "payout",
    metadata,
    Column("epoch", Integer, ForeignKey("epoch.number"), primary_key=True),
    Column("member", Text, primary_key=True),
    _needed("amount", BigInteger),
    _needed("salt", LargeBinary),
)

evidence = Table(
    "evidence",
    metadata,
    Column("cve", Text, primary_key=True),
    Column("exploited_on", Date),
    Column("epss", Ratio),
    Column("cvss", Integer),
    sqlite_with_rowid=False,
)

evidence_load = Table(
    "evidence_load",
    metadata,
    _number("seq"),
    _needed("kind", Text),
    _needed("at", Instant),
    _needed("count", Integer),
    _needed("digest", LargeBinary),
)

chain_transaction = Table(
    "chain_transaction",
    metadata,
    _number("sequence"),
    _needed("purpose", Text),
    _needed("state_root", LargeBinary),
    _needed("raw", LargeBinary),
)

outbox = Table(
    "outbox",
    metadata,
    _number("seq"),
    _needed("kind", Text),
    _needed("key", Integer),
    UniqueConstraint("kind", "key"),
)

document = Table(
    "document",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _needed("body", LargeBinary),
)
