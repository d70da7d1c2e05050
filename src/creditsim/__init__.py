"""creditsim: compare the rules of a district's credit programme before rollout."""
