"""The record of what happened and why: a hash chain written in the transaction of each state change."""
