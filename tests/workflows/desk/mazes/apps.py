from django.apps import AppConfig


class MazesConfig(AppConfig):
    name = "tests.workflows.desk.mazes"
    label = "mazes"
