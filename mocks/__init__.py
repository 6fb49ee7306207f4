"""The mock services and the reference system. They know nothing of the bench that watches them."""
