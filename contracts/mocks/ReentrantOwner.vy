# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A Member That Tries to Withdraw Twice
@custom:contract-name ReentrantOwner
@license Apache-2.0
@notice Owns an account and, when its money arrives, asks for the same
        amount again before the first withdrawal has returned.
"""


interface Settlement:
    def withdraw(account: uint64, amount: uint64): nonpayable


# @dev The contract under attack.
_settlement: Settlement


# @dev The account that this contract owns.
_account: uint64


# @dev Whether the second withdrawal went through.
succeeded: public(bool)


@external
def attack(settlement: address, account: uint64, amount: uint64):
    """
    @dev Withdraws `amount` and tries again on receipt.
    @param settlement The 20-byte address of the settlement contract.
    @param account The index that this contract owns.
    @param amount The amount in wei.
    """
    self._settlement = Settlement(settlement)
    self._account = account
    extcall self._settlement.withdraw(account, amount)


@external
@payable
def __default__():
    """
    @dev Receives the money and tries to withdraw it once more; a
         failure of the second withdrawal does not undo the first.
    """
    self.succeeded = raw_call(
        self._settlement.address,
        abi_encode(self._account, convert(msg.value, uint64), method_id=method_id("withdraw(uint64,uint64)")),
        revert_on_failure=False,
    )
