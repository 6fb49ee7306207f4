"""The ground that mocks and bench share: people, recording, networks, private files."""
