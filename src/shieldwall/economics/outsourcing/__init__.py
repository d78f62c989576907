"""What a security requirement does when clients hand their protection to one provider (Hui, Hui & Yue 2012).

``service`` holds the parameters, ``provider`` finds the provider's best choice exactly, ``regimes`` says who may shirk
and who can check it; ``liability`` and ``mandate`` answer policy questions with them. Types of clients, competition and
a strategic hacker have modules of their own. Everything is an array: a single market is an array of shape ().
"""
