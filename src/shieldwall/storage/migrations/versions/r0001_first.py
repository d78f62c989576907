"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_epoch", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("reveal_from", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_order", "cases", ["opened_at", "id"], unique=False)
    op.create_index("ix_cases_status", "cases", ["status", "opened_at", "id"], unique=False)
    op.create_table(
        "chain_transaction",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state_root", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_chain_transaction")),
    )
    op.create_table(
        "document",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_document")),
    )
    op.create_table(
        "epoch",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("post", sa.BigInteger(), nullable=False),
        sa.Column("reserve_before", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("money", sa.BigInteger(), nullable=True),
        sa.Column("gross", sa.Text(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=True),
        sa.Column("reserve_after", sa.BigInteger(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_epoch")),
    )
    op.create_table(
        "evidence",
        sa.Column("cve", sa.Text(), nullable=False),
        sa.Column("exploited_on", sa.Date(), nullable=True),
        sa.Column("epss", sa.Text(), nullable=True),
        sa.Column("cvss", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("cve", name=op.f("pk_evidence")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "evidence_load",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_evidence_load")),
    )
    op.create_table(
        "instant",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instant")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_ledger_entry")),
    )
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_ledger_node")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "member",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("aggregator", sa.Boolean(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("submissions", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_member")),
        sa.UniqueConstraint("account", name=op.f("uq_member_account")),
        sa.UniqueConstraint("id", name=op.f("uq_member_id")),
        sa.UniqueConstraint("name", name=op.f("uq_member_name")),
        sa.UniqueConstraint("pool", name=op.f("uq_member_pool")),
        sa.UniqueConstraint("submissions", name=op.f("uq_member_submissions")),
    )
    op.create_table(
        "object_version",
        sa.Column("key", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("stix_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("version_text", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("spec_version", sa.Text(), nullable=False),
        sa.Column("tlp", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("served", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_object_version")),
        sa.UniqueConstraint("stix_id", "version", name=op.f("uq_object_version_stix_id_version")),
    )
    op.create_table(
        "observable",
        sa.Column("key", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.Column("loose_from", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_observable")),
        sa.UniqueConstraint("digest", name=op.f("uq_observable_digest")),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_outbox_kind_key")),
    )
    op.create_table(
        "pseudonym",
        sa.Column("id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pseudonym")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_link",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("contribution", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_sealed_link")),
        sa.UniqueConstraint("contribution", name=op.f("uq_sealed_link_contribution")),
    )
    op.create_index("ix_sealed_link_member", "sealed_link", ["member"], unique=False)
    op.create_table(
        "sealed_owner",
        sa.Column("lineage", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("lineage", name=op.f("pk_sealed_owner")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_read",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_sealed_read")),
    )
    op.create_table(
        "sighting",
        sa.Column("stix_id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stix_id", "member", name=op.f("pk_sighting")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stream",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("fork_seq", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["stream.id"], name=op.f("fk_stream_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
    )
    op.create_index("uq_stream_root", "stream", ["level"], unique=True, sqlite_where=sa.text("parent IS NULL"))
    op.create_table(
        "contribution",
        sa.Column("key", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("root_type", sa.Text(), nullable=False),
        sa.Column("root_key", sa.Text(), nullable=True),
        sa.Column("cve", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("decay", sa.Text(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("objects", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_contribution_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_contribution")),
        sa.UniqueConstraint("id", name=op.f("uq_contribution_id")),
    )
    op.create_index("ix_contribution_case", "contribution", ["case_id"], unique=False)
    op.create_index("ix_contribution_order", "contribution", ["accepted_at", "id"], unique=False)
    op.create_index("ix_contribution_root_key", "contribution", ["root_key"], unique=False)
    op.create_table(
        "credential",
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("chain_key", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_credential_member")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_credential")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_credential_token_hash")),
    )
    op.create_table(
        "delivery",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("object", sa.Integer(), nullable=False),
        sa.Column("date_added", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["object"], ["object_version.key"], name=op.f("fk_delivery_object")),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_delivery_stream")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_delivery")),
        sa.UniqueConstraint("object", "stream", name=op.f("uq_delivery_object_stream")),
    )
    op.create_index("ix_delivery_stream", "delivery", ["stream", "seq", "date_added"], unique=False)
    op.create_table(
        "original",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("object", sa.Integer(), nullable=False),
        sa.Column("date_added", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["object"], ["object_version.key"], name=op.f("fk_original_object")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_original")),
        sa.UniqueConstraint("object", "member", name=op.f("uq_original_object_member")),
    )
    op.create_index("ix_original_member", "original", ["member", "seq", "date_added"], unique=False)
    op.create_table(
        "payout",
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["epoch.number"], name=op.f("fk_payout_epoch")),
        sa.PrimaryKeyConstraint("epoch", "member", name=op.f("pk_payout")),
    )
    op.create_table(
        "priced",
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("opened_epoch", sa.Integer(), nullable=False),
        sa.Column("severity", sa.BigInteger(), nullable=False),
        sa.Column("exploitation", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("specificity", sa.Text(), nullable=False),
        sa.Column("actionability", sa.Text(), nullable=False),
        sa.Column("novelty", sa.Text(), nullable=False),
        sa.Column("timeliness", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_priced_case_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["epoch"], ["epoch.number"], name=op.f("fk_priced_epoch")),
        sa.PrimaryKeyConstraint("epoch", "case_id", name=op.f("pk_priced")),
        sa.UniqueConstraint("case_id", name=op.f("uq_priced_case_id")),
    )
    op.create_table(
        "released",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("object", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["object"], ["object_version.key"], name=op.f("fk_released_object")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_released")),
        sa.UniqueConstraint("object", name=op.f("uq_released_object")),
    )
    op.create_table(
        "seat",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("panelist", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.BigInteger(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=True),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("root", sa.Boolean(), nullable=True),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("vacated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_seat_case_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_seat")),
        sa.UniqueConstraint("case_id", "panelist", name=op.f("uq_seat_case_id_panelist")),
    )
    op.create_table(
        "share",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("contribution", sa.Text(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_share_case_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["epoch"], ["epoch.number"], name=op.f("fk_share_epoch")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_share")),
        sa.UniqueConstraint("epoch", "case_id", "contribution", name=op.f("uq_share_epoch_case_id_contribution")),
    )
    op.create_table(
        "subscription",
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"], name=op.f("fk_subscription_stream")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_subscription")),
    )
    op.create_table(
        "verdict",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("root", sa.Boolean(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("exploited_on", sa.Date(), nullable=True),
        sa.Column("epss", sa.Text(), nullable=True),
        sa.Column("cvss", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_verdict_case_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_verdict")),
    )
    op.create_table(
        "contribution_object",
        sa.Column("contribution", sa.Integer(), nullable=False),
        sa.Column("object", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution"], ["contribution.key"], name=op.f("fk_contribution_object_contribution")
        ),
        sa.ForeignKeyConstraint(["object"], ["object_version.key"], name=op.f("fk_contribution_object_object")),
        sa.PrimaryKeyConstraint("contribution", "object", name=op.f("pk_contribution_object")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holding",
        sa.Column("observable", sa.Integer(), nullable=False),
        sa.Column("contribution", sa.Integer(), nullable=False),
        sa.Column("is_hash", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["contribution"], ["contribution.key"], name=op.f("fk_holding_contribution")),
        sa.ForeignKeyConstraint(["observable"], ["observable.key"], name=op.f("fk_holding_observable")),
        sa.PrimaryKeyConstraint("observable", "contribution", name=op.f("pk_holding")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_holding_contribution", "holding", ["contribution"], unique=False)
