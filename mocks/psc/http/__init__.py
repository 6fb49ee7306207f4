"""HTTP below the endpoints: connection, request and answer, who is let in, pages."""
