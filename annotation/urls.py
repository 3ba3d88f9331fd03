"""The site map, by audience."""

from django.urls import include, path

from annotation.web import (
    account,
    generations,
    grader,
    labeler,
    learner,
    manager,
    ops,
    researcher,
    runner,
    scoring,
    teacher,
)

urlpatterns = [
    path("", ops.home, name="home"),
    path("livez", ops.livez, name="livez"),
    path("readyz", ops.readyz, name="readyz"),
    # account
    path("account/", account.account, name="account"),
    path("account/keys/", account.keys, name="keys"),
    path("account/sign-in/", account.sign_in, name="sign-in"),
    path("account/sign-out/", account.sign_out, name="sign-out"),
    path("account/link/<str:secret>/", account.sign_in_link, name="link"),
    path("account/password/", account.password, name="password"),
    # labelers
    path("label/", labeler.start_page, name="label"),
    path("label/in/<slug:slug>/start/", labeler.start, name="start"),
    path("label/in/<slug:slug>/", labeler.waiting, name="waiting"),
    path("label/in/<slug:slug>/instructions/", learner.guideline, name="guideline"),
    path("label/in/<slug:slug>/standing/", learner.standing, name="standing"),
    path("label/in/<slug:slug>/practice/", learner.practise_again, name="practise-again"),
    path("label/me/", learner.me, name="me"),
    path("label/<uuid:token>/feedback/", learner.feedback, name="feedback"),
    path("label/<uuid:token>/", labeler.desk, name="desk"),
    path("label/<uuid:token>/save/", labeler.save, name="save"),
    path("label/<uuid:token>/beat/", labeler.beat, name="beat"),
    path("label/<uuid:token>/submit/", labeler.submit, name="submit"),
    # researchers and managers
    path("projects/", researcher.projects, name="projects"),
    path("projects/new/", manager.new_project, name="new-project"),
    path("projects/<slug:slug>/", researcher.project_overview, name="overview"),
    path("projects/<slug:slug>/solutions/", researcher.solutions, name="solutions"),
    path("projects/<slug:slug>/solutions/<int:pk>/", researcher.solution, name="solution"),
    path("projects/<slug:slug>/generations/", generations.generations, name="generations"),
    path("projects/<slug:slug>/grades/", grader.grades_page, name="grades"),
    path("projects/<slug:slug>/verifier/", scoring.verifier, name="verifier"),
    # managers
    path("projects/<slug:slug>/verifier/train/", scoring.start_training, name="start-training"),
    path("projects/<slug:slug>/verifier/<int:pk>/score/", scoring.start_scoring, name="start-scoring"),
    path("projects/<slug:slug>/generations/draw/", generations.draw, name="draw"),
    path(
        "projects/<slug:slug>/generations/<int:pk>/close/", generations.close_generation, name="close-generation"
    ),
    path("projects/<slug:slug>/grades/start/", grader.start_grading, name="start-grading"),
    path("projects/<slug:slug>/solutions/<int:pk>/grade/", grader.overrule, name="overrule"),
    path("projects/<slug:slug>/work/<int:pk>/", runner.work, name="work"),
    path("projects/<slug:slug>/work/<int:pk>/<slug:how>/", runner.change_work, name="change-work"),
    path("projects/<slug:slug>/load/", manager.load, name="load"),
    path("projects/<slug:slug>/load/<int:pk>/", manager.run, name="run"),
    path("projects/<slug:slug>/load/<int:pk>/refused.txt", manager.refusals, name="refusals"),
    path("projects/<slug:slug>/export/", manager.export, name="export"),
    path("projects/<slug:slug>/export/<slug:format>/", manager.download, name="download"),
    path("projects/<slug:slug>/people/", manager.members, name="people"),
    path("projects/<slug:slug>/people/<int:pk>/roles/", manager.member_roles, name="member-roles"),
    path("projects/<slug:slug>/people/<int:pk>/link/", manager.member_link, name="member-link"),
    path("projects/<slug:slug>/settings/", manager.project_settings, name="settings"),
    path("projects/<slug:slug>/instructions/", teacher.instructions, name="instructions"),
    path("projects/<slug:slug>/instructions/<int:version>/", teacher.instructions_version, name="version"),
    path("projects/<slug:slug>/gold/", teacher.gold_list, name="gold"),
    path("projects/<slug:slug>/gold/rules/", teacher.screening_rules, name="screening-rules"),
    path("projects/<slug:slug>/solutions/<int:pk>/gold/", teacher.gold_of_solution, name="gold-solution"),
    path("projects/<slug:slug>/solutions/<int:pk>/gold/from/", teacher.gold_from, name="gold-from"),
    path("projects/<slug:slug>/people/<int:pk>/decide/", teacher.decide, name="decide"),
    # programs
    path("api/v1/", include("annotation.api.urls")),
]
