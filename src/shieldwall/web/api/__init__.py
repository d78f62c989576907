"""The JSON API for panelists, members and the operator. No rules: one service call each."""
