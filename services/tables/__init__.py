"""The tables of the read models, each declared once, a module a noun; and how decisions are folded into them."""
