"""What several rules read with: exchanges, logins, polls, mails, actions, refusals."""
