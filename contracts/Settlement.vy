# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Settlement of Epoch Payouts
@custom:contract-name Settlement
@license Apache-2.0
@notice Members of an alliance earn credits; once per epoch the
        operator credits every paid member in one transaction and
        pays the money in, and each member pulls its own money out
        (pull payment). The native currency is the unit: 1 wei is
        1 micro-credit.

        Accounts are opaque indices 0, 1, 2, ... in the order of
        registration; who stands behind an index is not on chain.
        Four balances share one storage word: account `a` is lane
        `a % 4` (64 bits, lane 0 is the least significant) of word
        `a / 4`. That is what makes a credited account cost about
        1,450 gas instead of 5,654 (one word each).

        Invariant: the sum of all balances equals `total_credited`
        minus `total_withdrawn`, and the contract never holds less.
        (It can hold more only if ether is forced in, which nothing
        here reads.)
@dev The contract reads neither `block.timestamp` nor any block
     hash, so that a replay of its transactions gives the same
     state at any time. The two-step hand-over of the operator role
     is written out here because snekmate's `ownable_2step` is
     AGPL-3.0-only and this package is Apache-2.0. There is no way to
     renounce the role, since nobody could then close an epoch, and no
     pause, since the operator must not be able to freeze what members
     have earned.
"""


# @dev The largest number of storage words, i.e. accounts 0 to 4,095.
# The compiler copies the list to memory and keeps what follows
# behind its largest extent, so a larger bound would make every
# epoch dearer (4,096 words: 40,000 gas).
_MAX_WORDS: constant(uint256) = 1_024


_LANES: constant(uint256) = 4


_LANE_BITS: constant(uint256) = 64


_LANE_MASK: constant(uint256) = 2 ** 64 - 1


# @dev Lanes 0 and 2 of a word. Each has 64 free bits above it, so
# two such words add without one lane running into the next, and
# a sum that needs the free bits is an overflow.
_EVEN_LANES: constant(uint256) = (2 ** 64 - 1) << 128 | (2 ** 64 - 1)


# @dev The address that registers accounts and credits epochs.
operator: public(address)


# @dev The address that may accept the operator role.
pending_operator: public(address)


# @dev The number of the last credited epoch, 0 before the first.
last_epoch: public(uint64)


# @dev The number of registered accounts, i.e. the next free index.
account_count: public(uint64)


# @dev Everything ever credited, in wei.
total_credited: public(uint256)


# @dev Everything ever withdrawn, in wei.
total_withdrawn: public(uint256)


# @dev The address that may withdraw from an account.
address_of: public(HashMap[uint64, address])


# @dev Four balances per word, see `@notice` of the contract.
_balance_words: HashMap[uint256, uint256]


# @dev Emitted when the operator role is offered to `pending_operator`.
event OperatorTransferStarted:
    operator: indexed(address)
    pending_operator: indexed(address)


# @dev Emitted when the operator role passes to `operator`.
event OperatorTransferred:
    previous_operator: indexed(address)
    operator: indexed(address)


# @dev Emitted when `account` is opened for `owner_address`.
event AccountRegistered:
    account: indexed(uint64)
    owner_address: indexed(address)


# @dev Emitted when `account` moves to `new_address`.
event AccountRotated:
    account: indexed(uint64)
    previous_address: indexed(address)
    new_address: indexed(address)


# @dev Emitted when `epoch` is credited. The amounts are the
# transaction's calldata.
event EpochCredited:
    epoch: indexed(uint64)
    total: uint256


# @dev Emitted when `account` takes `amount` out.
event Withdrawn:
    account: indexed(uint64)
    owner_address: indexed(address)
    amount: uint64


@deploy
def __init__():
    """
    @dev The `operator` role is assigned to the `msg.sender`.
    """
    self.operator = msg.sender
    log OperatorTransferred(previous_operator=empty(address), operator=msg.sender)


@external
def transfer_operator(new_operator: address):
    """
    @dev Offers the operator role to `new_operator`, which must
         accept it. Offering it to the zero address cancels.
    @param new_operator The 20-byte address of the next operator.
    """
    self._check_operator()
    self.pending_operator = new_operator
    log OperatorTransferStarted(operator=msg.sender, pending_operator=new_operator)


@external
def accept_operator():
    """
    @dev The pending operator takes the role over.
    """
    assert msg.sender == self.pending_operator, "settlement: caller is not the pending operator"
    previous_operator: address = self.operator
    self.pending_operator = empty(address)
    self.operator = msg.sender
    log OperatorTransferred(previous_operator=previous_operator, operator=msg.sender)


@external
def register(account: uint64, owner_address: address):
    """
    @dev Opens the next account for a member.
    @notice Only the operator; accounts are opened in order, each once.
    @param account The index to open; must equal `account_count`.
    @param owner_address The 20-byte address that may withdraw.
    """
    self._check_operator()
    assert account == self.account_count, "settlement: account is not the next free one"
    assert account < convert(_MAX_WORDS * _LANES, uint64), "settlement: no account is left"
    assert owner_address != empty(address), "settlement: owner is the zero address"
    self.account_count = account + 1
    self.address_of[account] = owner_address
    log AccountRegistered(account=account, owner_address=owner_address)


@external
@payable
def credit_epoch(epoch: uint64, words: DynArray[uint256, _MAX_WORDS]):
    """
    @dev Credits every paid account of an epoch at once.
    @notice Only the operator. The list has one encoding per epoch: it is
            dense from word 0, a zero word skips four accounts, and the
            last word is not zero. An epoch that pays nobody has an empty
            list, so that the chain's epoch never lags behind the alliance's.
            A transaction may use 16,777,216 gas (EIP-7825). That is
            enough for 2,900 accounts credited for the first time, or
            for all 4,096 accounts if they were credited before
            (`benchmarks/gas.py` measures both). An epoch that needs more
            gas reverts as a whole.
    @param epoch The epoch to credit; must equal `last_epoch + 1`.
    @param words The amounts in wei, packed as the balances are.
    @custom:security Overflow of any lane, a payment for an account that is
                     not registered, and a `msg.value` that differs from the
                     sum of the amounts all revert, before any other
                     contract could be called: this function calls none.
    """
    self._check_operator()
    assert epoch == self.last_epoch + 1, "settlement: epoch is not the next one"
    if len(words) != 0:
        last: uint256 = len(words) - 1
        last_amounts: uint256 = words[last]
        assert last_amounts != 0, "settlement: last word is zero"
        assert self.account_count > convert(last * _LANES, uint64), "settlement: account is not registered"
        lanes: uint256 = min(convert(self.account_count, uint256) - last * _LANES, _LANES)
        assert last_amounts >> (lanes * _LANE_BITS) == 0, "settlement: account is not registered"
    self.last_epoch = epoch

    # Two 128-bit sums in one word: each takes at most 2 * 1,024
    # amounts below 2 ** 64, so they cannot run into each other.
    sums: uint256 = 0
    for index: uint256 in range(len(words), bound=_MAX_WORDS):
        amounts: uint256 = words[index]
        if amounts != 0:
            balances: uint256 = self._balance_words[index]
            even_amounts: uint256 = amounts & _EVEN_LANES
            odd_amounts: uint256 = (amounts >> _LANE_BITS) & _EVEN_LANES
            even: uint256 = unsafe_add(balances & _EVEN_LANES, even_amounts)
            odd: uint256 = unsafe_add((balances >> _LANE_BITS) & _EVEN_LANES, odd_amounts)
            assert (even | odd) & ~_EVEN_LANES == 0, "settlement: balance overflow"
            self._balance_words[index] = even | (odd << _LANE_BITS)
            sums = unsafe_add(sums, unsafe_add(even_amounts, odd_amounts))

    total: uint256 = (sums >> 128) + (sums & (2 ** 128 - 1))
    assert msg.value == total, "settlement: value is not the sum credited"
    self.total_credited += total
    log EpochCredited(epoch=epoch, total=total)


@external
@nonreentrant
def withdraw(account: uint64, amount: uint64):
    """
    @dev Sends `amount` wei from `account` to its address.
    @notice Only the account's own address.
    @param account The index to take from.
    @param amount The amount in wei, at least 1.
    @custom:security The balance is reduced before the transfer; the
                     `nonreentrant` lock is the second line of defence.
    """
    self._check_account_address(account)
    assert amount != 0, "settlement: amount is zero"
    assert amount <= self._balance_of(account), "settlement: amount exceeds the balance"
    # The lane is at least `amount`, so nothing is borrowed from the next one.
    self._balance_words[convert(account, uint256) // _LANES] -= convert(amount, uint256) << self._shift(account)
    self.total_withdrawn += convert(amount, uint256)
    log Withdrawn(account=account, owner_address=msg.sender, amount=amount)
    raw_call(msg.sender, b"", value=convert(amount, uint256))


@external
def rotate(account: uint64, new_address: address):
    """
    @dev Moves `account` to `new_address`, e.g. from a key that the
         operator keeps to one that the member keeps.
    @notice Only the account's own address.
    @param account The index to move.
    @param new_address The 20-byte address that may withdraw from now on.
    """
    self._check_account_address(account)
    assert new_address != empty(address), "settlement: owner is the zero address"
    self.address_of[account] = new_address
    log AccountRotated(account=account, previous_address=msg.sender, new_address=new_address)


@external
@view
def balance_of(account: uint64) -> uint64:
    """
    @dev Returns the balance of `account`, 0 if it is not registered.
    @param account The index to read.
    @return uint64 The balance in wei.
    """
    return self._balance_of(account)


@external
@view
def balance_words(first: uint256, count: uint256) -> DynArray[uint256, _MAX_WORDS]:
    """
    @dev Returns `count` words of four balances each, from word `first`.
    @param first The first word to read.
    @param count The number of words, at most 1,024.
    @return DynArray The words, lane 0 least significant.
    """
    words: DynArray[uint256, _MAX_WORDS] = []
    for index: uint256 in range(count, bound=_MAX_WORDS):
        words.append(self._balance_words[first + index])
    return words


@internal
@view
def _check_operator():
    """
    @dev Throws if the sender is not the operator.
    """
    assert msg.sender == self.operator, "settlement: caller is not the operator"


@internal
@view
def _check_account_address(account: uint64):
    """
    @dev Throws if the sender is not the address of `account`.
    @param account The index the sender wants to act for.
    """
    assert msg.sender == self.address_of[account], "settlement: caller is not the account's address"


@internal
@view
def _balance_of(account: uint64) -> uint64:
    """
    @dev Returns the lane of `account`.
    @param account The index to read.
    @return uint64 The balance in wei.
    """
    word: uint256 = self._balance_words[convert(account, uint256) // _LANES]
    return convert((word >> self._shift(account)) & _LANE_MASK, uint64)


@internal
@pure
def _shift(account: uint64) -> uint256:
    """
    @dev Returns the position of the lane of `account` in its word.
    @param account The index.
    @return uint256 The number of bits below the lane.
    """
    return (convert(account, uint256) % _LANES) * _LANE_BITS
