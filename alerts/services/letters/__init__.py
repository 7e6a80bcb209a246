"""The verbs of letters: drafted, signed, signed for, answered, taken back."""
