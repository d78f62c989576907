"""From verdict to payout: value, price, split, access and the epoch statement; exact numbers only."""
