"""Reading documents into draft passages, split by Điều and Khoản. Drafts are unsure (U) until a person checks them."""
