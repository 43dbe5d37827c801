"""The monthly report for the head of a school: figures of every slice side by side, nobody's name."""
