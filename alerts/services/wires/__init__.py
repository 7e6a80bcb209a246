"""The wires out of the house: one message, one try, and what is known of it afterwards."""
