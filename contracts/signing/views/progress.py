"""Two buttons beside the progress of the signatures."""

from contracts.signing import commands
from contracts.signing.views.district import found
from vetting.buttons import button, plainly

ask_again = button(
    plainly(commands.call_again), "A mail is on its way, with a fresh link.", found=found
)
seal_again = button(plainly(commands.retry_seal), "The seal is being tried again.", found=found)
