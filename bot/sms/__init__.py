"""Text messages by brand name: the last way to a guardian, when no chat reaches them. It only sends."""
