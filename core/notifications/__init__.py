"""The durable outbox: every sentence to a person is a row in the transaction of the fact it tells of."""
