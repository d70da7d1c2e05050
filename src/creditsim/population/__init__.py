"""The people, firms and places of a district, made from published marginals."""
