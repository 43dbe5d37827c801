"""What the pupil sees: a local web page that shows the session's place and nothing it does not need."""
