"""The one wiring: which adapter stands behind which port. The tests use it too.

``create`` makes an alliance's folder, ``open_alliance`` opens it, ``in_memory`` builds one that leaves nothing.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from shieldwall.chain.embedded import EmbeddedChain
from shieldwall.chain.keys import address_of_key, create_key, parse_address
from shieldwall.chain.memory import MemoryChain
from shieldwall.config import DEFAULT_TEXT, SETTINGS_FILE
from shieldwall.domain.access import Level
from shieldwall.domain.certificates import Certificate
from shieldwall.domain.epochs import Epoch
from shieldwall.domain.policy import Policy, parse_policy
from shieldwall.errors import ConfigError, Conflict, StorageError
from shieldwall.ledger import SigningKey
from shieldwall.ports import Clock, Draw, SettlementChain, Store
from shieldwall.services.accounts import Accounts
from shieldwall.services.alliance import Alliance
from shieldwall.services.audit import Audit
from shieldwall.services.epoch import EpochClose
from shieldwall.services.evidence import EvidenceImport
from shieldwall.services.intake import Intake
from shieldwall.services.overview import Overview
from shieldwall.services.policies import Policies
from shieldwall.services.reading import Reading
from shieldwall.services.receipts import Receipts
from shieldwall.services.record import Recorder
from shieldwall.services.review import Review
from shieldwall.services.settlement import Settlement
from shieldwall.storage.memory import memory_store
from shieldwall.storage.sqlite import SqliteStore

DATABASE_FILE = "alliance.db"
KEYS_FOLDER = "keys"
PUBLIC_KEY_FILE = "ledger.pub"
POLICY_FILE = "policy.toml"

_KEY_BYTES = 32


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SystemDraw:
    """The operating system's random bytes."""

    def take(self, count: int) -> bytes:
        return secrets.token_bytes(count)


@dataclass(frozen=True, slots=True)
class Keys:
    """An alliance's secrets; none of them is ever printed.

    Attributes:
        log: Signs checkpoints; its name is the log's origin.
        operator: Settlement key of the operator.
        pseudonym: Makes pseudonymous identities.
        fingerprint: Makes digests of observables.
        cursor: Signs page positions.
    """

    log: SigningKey
    operator: bytes
    pseudonym: bytes
    fingerprint: bytes
    cursor: bytes

    def __repr__(self) -> str:
        return f"Keys(log={self.log.name!r}, ...)"


def default_policy() -> str:
    """The text of the policy that a new alliance starts with."""
    return files("shieldwall.domain").joinpath("default_policy.toml").read_text(encoding="utf-8")


def create(home: Path, name: str, *, clock: Clock | None = None, draw: Draw | None = None) -> Alliance:
    """Make an alliance: its folder, keys, database, settings and policy.

    Args:
        home: Folder to create; an existing one must be empty.
        name: 1 to 100 printable characters.

    Raises:
        ConfigError: If the name or the folder cannot be used.
        Conflict: If the folder holds something already.
    """
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise ConfigError("name", name, "1 to 100 printable characters")
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Conflict(f"{home} exists and is not an empty folder. Choose another --home")
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = _new_keys(_origin(name), draw or SystemDraw())
        _write_keys(home / KEYS_FOLDER, keys)
        (home / PUBLIC_KEY_FILE).write_text(keys.log.verifier.format() + "\n", encoding="utf-8")
        (home / SETTINGS_FILE).write_text(DEFAULT_TEXT, encoding="utf-8")
        (home / POLICY_FILE).write_text(default_policy(), encoding="utf-8")
    except OSError as error:
        raise ConfigError("home", str(home), f"a folder that can be written ({error.strerror})") from error
    alliance = _wire(
        keys,
        SqliteStore(home / DATABASE_FILE),
        EmbeddedChain(keys.operator),
        name,
        clock,
        draw,
    )
    found_alliance(alliance, name, default_policy())
    return alliance


def open_alliance(home: Path, *, clock: Clock | None = None, draw: Draw | None = None) -> Alliance:
    """Open an alliance that ``create`` made.

    Raises:
        ConfigError: If the folder is none, or one of its files cannot be used.
        StorageError: If its database cannot be used.
    """
    database = home / DATABASE_FILE
    if not database.is_file():
        raise ConfigError(
            "home", str(home), "an alliance's folder", f"create it: shieldwall --home {home} init --name NAME"
        )
    keys = _read_keys(home / KEYS_FOLDER)
    store = SqliteStore(database)
    with store.read() as uow:
        name = uow.documents.get("alliance", "name")
    if name is None:
        raise StorageError(f"{database}: it was not initialised to the end. Remove {home} and run init again")
    return _wire(keys, store, EmbeddedChain(keys.operator), name.decode(), clock, draw)


def in_memory(
    name: str = "Test alliance",
    *,
    clock: Clock | None = None,
    draw: Draw | None = None,
    policy_text: str | None = None,
    chain: Callable[[bytes], SettlementChain] = MemoryChain,
) -> Alliance:
    """Build an alliance that lives as long as the object does.

    Args:
        chain: Makes the chain from the operator's key.
    """
    keys = _new_keys(_origin(name), draw or SystemDraw())
    alliance = _wire(keys, memory_store(), chain(keys.operator), name, clock, draw)
    found_alliance(alliance, name, policy_text if policy_text is not None else default_policy())
    return alliance


def found_alliance(alliance: Alliance, name: str, policy_text: str) -> None:
    """Write what every alliance begins with: its first epoch, its policy, its name."""
    policy = parse_policy(policy_text)
    with alliance.store.write() as uow:
        uow.epochs.put(Epoch(1, alliance.clock.now(), policy.price.initial_post, 0))
        for level in Level:
            uow.pool.root(level)
        uow.commit()
    alliance.policies.adopt_uncertified(policy_text)
    with alliance.store.write() as uow:
        # Last, so that a folder whose creation was interrupted is recognised.
        uow.documents.put("alliance", "name", name.encode())
        uow.commit()


def _wire(
    keys: Keys,
    store: Store,
    chain: SettlementChain,
    name: str,
    clock: Clock | None,
    draw: Draw | None,
) -> Alliance:
    clock, draw = clock or SystemClock(), draw or SystemDraw()
    recorder = Recorder(keys.log)
    return Alliance(
        name=name,
        store=store,
        clock=clock,
        verifier=keys.log.verifier,
        accounts=Accounts(store, clock, draw, create_key, parse_address),
        intake=Intake(store, clock, draw, recorder, keys.pseudonym, keys.fingerprint),
        review=Review(store, clock, recorder),
        epochs=EpochClose(store, clock, draw, recorder),
        reading=Reading(store, clock, keys.cursor),
        settlement=Settlement(store, chain, address_of_key),
        evidence=EvidenceImport(store, clock),
        policies=Policies(store, clock, recorder, _recompute),
        receipts=Receipts(store, clock, recorder),
        overview=Overview(store, recorder),
        auditor=Audit(store, clock, chain, keys.log.verifier, _recompute),
    )


def _recompute(policy: Policy, certificate: Certificate) -> Certificate:
    from shieldwall.economics.certify import certify_again  # noqa: PLC0415 - few commands need it

    return certify_again(policy, certificate)


def _origin(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "alliance"
    return f"shieldwall/{slug}/{secrets.token_hex(4)}"


def _new_keys(origin: str, draw: Draw) -> Keys:
    operator = create_key()
    pseudonym, fingerprint, cursor = (draw.take(_KEY_BYTES) for _ in range(3))
    return Keys(SigningKey.generate(origin), operator, pseudonym, fingerprint, cursor)


def _write_keys(folder: Path, keys: Keys) -> None:
    folder.mkdir(mode=0o700)
    texts = {
        "log": keys.log.format(),
        "operator": keys.operator.hex(),
        "pseudonym": keys.pseudonym.hex(),
        "fingerprint": keys.fingerprint.hex(),
        "cursor": keys.cursor.hex(),
    }
    for name, text in texts.items():
        descriptor = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")


def _read_keys(folder: Path) -> Keys:
    def read(name: str) -> str:
        path = folder / f"{name}.key"
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{KEYS_FOLDER}/{name}.key", str(error), "the key file that init made") from error

    def secret(name: str) -> bytes:
        text = read(name)
        if not re.fullmatch(r"[0-9a-f]{64}", text):
            # The value is a secret, so the message shows its length only.
            raise ConfigError(f"{KEYS_FOLDER}/{name}.key", f"{len(text)} characters", "64 hexadecimal digits")
        return bytes.fromhex(text)

    return Keys(
        SigningKey.parse(read("log")),
        secret("operator"),
        secret("pseudonym"),
        secret("fingerprint"),
        secret("cursor"),
    )
