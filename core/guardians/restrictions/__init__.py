"""People who must not see a pupil's data, or must not pick the pupil up."""
