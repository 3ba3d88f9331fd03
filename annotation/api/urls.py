from django.urls import path

from annotation.api import desk, endpoints, labels, learning, scoring, views, work

urlpatterns = [
    path("schema/", views.Schema.as_view(), name="api-schema"),
    path("token/", views.Token.as_view(), name="api-token"),
    path("projects/", views.Projects.as_view(), name="api-projects"),
    path("projects/<slug:slug>/", views.ProjectCounts.as_view(), name="api-project"),
    path("projects/<slug:slug>/load/", views.Load.as_view(), name="api-load"),
    path("projects/<slug:slug>/load/<int:pk>/", views.Run.as_view(), name="api-run"),
    path("projects/<slug:slug>/export/", views.Export.as_view(), name="api-export"),
    path("projects/<slug:slug>/labels/", labels.Labels.as_view(), name="api-labels"),
    path("projects/<slug:slug>/score", scoring.Score.as_view(), name="api-score"),
    path("projects/<slug:slug>/endpoints/", endpoints.Endpoints.as_view(), name="api-endpoints"),
    path("projects/<slug:slug>/endpoints/<int:pk>/", endpoints.OneEndpoint.as_view(), name="api-endpoint"),
    path("projects/<slug:slug>/endpoints/<int:pk>/score/", endpoints.ScoreAll.as_view(), name="api-score-all"),
    path("projects/<slug:slug>/endpoints/<int:pk>/sample/", endpoints.Sample.as_view(), name="api-sample"),
    path("projects/<slug:slug>/work/<int:pk>/", work.Work.as_view(), name="api-work"),
    path("projects/<slug:slug>/work/<int:pk>/<slug:how>/", work.ChangeWork.as_view(), name="api-change-work"),
    path("projects/<slug:slug>/lease/", desk.Lease.as_view(), name="api-lease"),
    path("projects/<slug:slug>/guideline/", learning.Instructions.as_view(), name="api-guideline"),
    path("projects/<slug:slug>/guideline/acknowledge/", learning.Acknowledge.as_view(), name="api-acknowledge"),
    path("projects/<slug:slug>/standing/", learning.MyStanding.as_view(), name="api-standing"),
    path("projects/<slug:slug>/solutions/<int:pk>/gold/", learning.SolutionGold.as_view(), name="api-gold"),
    path("projects/<slug:slug>/course/", learning.Course.as_view(), name="api-course"),
    path("leases/<uuid:token>/feedback/", learning.Feedback.as_view(), name="api-feedback"),
    path("leases/<uuid:token>/", desk.Leased.as_view(), name="api-leased"),
    path("leases/<uuid:token>/ratings/", desk.Ratings.as_view(), name="api-ratings"),
    path("leases/<uuid:token>/ask/", desk.Ask.as_view(), name="api-ask"),
    path("leases/<uuid:token>/beat/", desk.Beat.as_view(), name="api-beat"),
    path("leases/<uuid:token>/submit/", desk.Submit.as_view(), name="api-submit"),
]
