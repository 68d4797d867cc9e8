"""What a field says against what was typed, in the words of the house.

Django keeps these sentences on its field classes and gives each field a copy when it is made. Put
there once, before the first form is read, they hold for every form of every app; a field that has
something better to say names it in its own `error_messages`.
"""

from collections.abc import Mapping

from django import forms

ONE_OF_THEM = "Choose one of those that are offered."
A_WHOLE_NUMBER = "Write a whole number, for example 12."
A_NUMBER = "Write a number, for example 12.50."
A_DAY = "Choose a day, or write it as 2026-12-04."
A_TIME = "Write a time, for example 14:30."
AN_ADDRESS = "Write an e-mail address such as name@school.example."
A_PAGE = "Write a web address such as https://school.example."
A_FILE = "Choose a file."
A_LIST = "Choose from those that are offered."

SENTENCES: Mapping[type[forms.Field], Mapping[str, str]] = {
    forms.Field: {"required": "Write something here."},
    forms.CharField: {
        "max_length": "Write at most %(limit_value)d characters: these are %(show_value)d.",
        "min_length": "Write at least %(limit_value)d characters: these are %(show_value)d.",
        "null_characters_not_allowed": "Write it without characters that cannot be seen.",
    },
    forms.IntegerField: {
        "required": A_WHOLE_NUMBER,
        "invalid": A_WHOLE_NUMBER,
        "min_value": "Write a number of %(limit_value)s or more.",
        "max_value": "Write a number of %(limit_value)s or less.",
        "step_size": "Write a multiple of %(limit_value)s.",
    },
    forms.FloatField: {"required": A_NUMBER, "invalid": A_NUMBER},
    forms.DecimalField: {
        "required": A_NUMBER,
        "invalid": A_NUMBER,
        "max_digits": "Write a number of at most %(max)s digits.",
        "max_decimal_places": "Write at most %(max)s digits after the point.",
        "max_whole_digits": "Write at most %(max)s digits before the point.",
    },
    forms.DateField: {"required": A_DAY, "invalid": A_DAY},
    forms.TimeField: {"required": A_TIME, "invalid": A_TIME},
    forms.DateTimeField: {
        "required": "Write a day and a time, for example 2026-12-04 14:30.",
        "invalid": "Write a day and a time, for example 2026-12-04 14:30.",
    },
    forms.SplitDateTimeField: {"invalid_date": A_DAY, "invalid_time": A_TIME},
    forms.DurationField: {
        "invalid": "Write how long, for example 01:30:00.",
        "overflow": "Write a shorter time.",
    },
    forms.EmailField: {"required": AN_ADDRESS, "invalid": AN_ADDRESS},
    forms.URLField: {"required": A_PAGE, "invalid": A_PAGE},
    forms.SlugField: {"invalid": "Write only letters, digits, hyphens and underscores."},
    forms.RegexField: {"invalid": "Write it as the hint says."},
    forms.UUIDField: {"invalid": "Write the whole number of the record, as it was given to you."},
    forms.JSONField: {"invalid": "Write it as JSON."},
    forms.GenericIPAddressField: {"invalid": "Write the address of a machine, such as 192.0.2.1."},
    forms.FileField: {
        "required": A_FILE,
        "invalid": A_FILE,
        "missing": A_FILE,
        "empty": "This file is empty. Choose another one.",
        "max_length": "Give the file a name of at most %(max)d letters: it has %(length)d.",
        "contradiction": "Choose a new file or tick the box that takes the old one away, not both.",
    },
    forms.ImageField: {"invalid_image": "Choose a picture: this file is none, or it is broken."},
    forms.BooleanField: {"required": "Tick this box to go on."},
    forms.ChoiceField: {"required": "Choose one.", "invalid_choice": ONE_OF_THEM},
    forms.MultipleChoiceField: {
        "required": "Choose at least one.",
        "invalid_choice": A_LIST,
        "invalid_list": A_LIST,
    },
    forms.ModelChoiceField: {"required": "Choose one.", "invalid_choice": ONE_OF_THEM},
    forms.ModelMultipleChoiceField: {
        "required": "Choose at least one.",
        "invalid_choice": A_LIST,
        "invalid_list": A_LIST,
        "invalid_pk_value": A_LIST,
    },
    forms.MultiValueField: {
        "invalid": "Write all parts of it.",
        "incomplete": "Write all parts of it.",
    },
}


def speak_plainly() -> None:
    """Give Django's field classes these sentences; for fields that are made from now on."""
    for kind, sentences in SENTENCES.items():
        # A class without sentences of its own reads its parent's: it must not write into them.
        own = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = {**own, **sentences}
