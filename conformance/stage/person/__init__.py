"""The person of a story: their identity, their phone, and how they are asked."""
