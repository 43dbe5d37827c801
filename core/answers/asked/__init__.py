"""What parents asked, what they thought of the answers, and groups of questions asked in vain."""
