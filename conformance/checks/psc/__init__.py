"""Rules on Pro Santé Connect: requests, tokens, sessions, CIBA, refusals, screens."""
