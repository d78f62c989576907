"""The second stage: what firms charge and sell once sharing and investment are chosen.

Gal-Or & Ghose (21) and its extension to n firms, where every rival's term is a mean over the rivals. Only
Bertrand prices are here; collusive and marginal-cost pricing belong to the regimes that use them.
"""

from __future__ import annotations

from typing import Any

from shieldwall.economics.sharing.forms import Floats, across
from shieldwall.economics.sharing.market import Market


def of_rivals(values: Any) -> Any:
    """The mean over the rivals of each firm; shape (N, firms) in and out."""
    return (values.sum(axis=-1, keepdims=True) - values) / (values.shape[-1] - 1)


def price_weights(b1: Any, b2: Any, firms: int) -> tuple[Any, Any]:
    """The weights of own and of each rival's demand intercept in a Bertrand price.

    For two firms 2 b1 / (4 b1^2 - b2^2) and b2 / (4 b1^2 - b2^2).
    """
    together, apart = 2 * b1 - b2, 2 * b1 + b2 / (firms - 1)
    rival = (1 / together - 1 / apart) / firms
    return 1 / apart + rival, rival


def intercepts(markets: Market, sharing: Any, investment: Any) -> Any:
    """Demand intercepts a_i + B_i, Gal-Or & Ghose (3), for choices of shape (N, firms)."""
    rivals = of_rivals(sharing)
    loss = markets.leakage.value(sharing, rivals)
    if markets.firms > 2:
        # The mean of s_j^2 is not the square of the mean.
        loss = loss + across(markets.leakage.rival, sharing) * (rivals**2 - of_rivals(sharing**2))
    spillover = across(markets.demand_spillover, sharing) * of_rivals(investment * sharing)
    return markets.a + investment - across(markets.rivalry, sharing) * of_rivals(investment) + spillover - loss


def knowledge(markets: Market, sharing: Any, investment: Any) -> Any:
    """y_i, what the rivals' shared knowledge is worth to the cost of each firm."""
    return markets.cost_spillover * of_rivals(investment * sharing)


def bertrand_prices(markets: Market, intercept: Any) -> Any:
    """Prices that are best responses to each other, Gal-Or & Ghose (21); not yet tested for their sign."""
    own, rival = price_weights(markets.b1, markets.b2, markets.firms)
    others = intercept.sum(axis=-1, keepdims=True) - intercept
    return across(own, intercept) * intercept + across(rival, intercept) * others


def quantities(markets: Market, intercept: Any, price: Any) -> Any:
    """What each firm sells at any prices, Gal-Or & Ghose (1)."""
    return intercept - across(markets.b1, price) * price + across(markets.b2, price) * of_rivals(price)


def consumer_surplus(markets: Market, quantity: Any) -> Any:
    """Half of q' M^-1 q, where q = X - M p: the quadratic utility of the whole market less what is paid; (N,)."""
    other = markets.b2 / (markets.firms - 1)
    total = quantity.sum(axis=-1)
    squares = (quantity**2).sum(axis=-1)
    return (squares + other / (markets.b1 - markets.b2) * total**2) / (2 * (markets.b1 + other))


def fixed_costs(markets: Market, sharing: Any, investment: Any) -> Floats:
    """f(t_i, y_i) of each firm."""
    cost: Floats = markets.cost.value(investment, knowledge(markets, sharing, investment))
    return cost
