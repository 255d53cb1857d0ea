package dev.backingservice.plan;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.report.Report;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// Plans and reports as lines of text that people read and compare.
public final class Told {
  private Told() {}

  public static String of(Plan plan) {
    var text = new StringBuilder("swap: " + plan.swap().getClass().getSimpleName() + "\n");
    plan.refusal()
        .ifPresent(f -> text.append("refusal: " + f.reason() + ": " + f.message() + "\n"));
    for (var action : plan.actions()) text.append(of(action)).append('\n');
    return text.toString();
  }

  public static String of(Report report) {
    var text = new StringBuilder("phase: " + report.status().phase() + "\n");
    for (var c : Objects.requireNonNull(report.status().conditions()))
      text.append("%s %s/%s %s%n".formatted(c.type(), c.status(), c.reason(), c.message()));
    return text.append(events(report)).toString();
  }

  static String events(Report report) {
    return report.notices().stream()
        .map(n -> "event %s %s: %s%n".formatted(n.kind(), n.reason(), n.note()))
        .collect(Collectors.joining());
  }

  static String of(Outcome outcome) {
    var result =
        switch (outcome.result()) {
          case Outcome.Result.Done _, Outcome.Result.Written _, Outcome.Result.LetIn _ -> "";
          case Outcome.Result.Fenced(var proof) -> " -> " + proof.result();
          case Outcome.Result.Draining(int left) -> " -> Draining " + left;
          case Outcome.Result.Full _, Outcome.Result.Marked _ -> " -> " + name(outcome);
          case Outcome.Result.Unanswered _, Outcome.Result.Stranger _ -> " -> " + name(outcome);
          case Outcome.Result.Silent _, Outcome.Result.Unclear _ -> " -> " + name(outcome);
          case Outcome.Result.Failed(var failure) -> " -> Failed " + failure.message();
        };
    return of(outcome.action()) + result;
  }

  private static String name(Outcome outcome) {
    return outcome.result().getClass().getSimpleName();
  }

  private static String of(Action action) {
    var name = action.getClass().getSimpleName() + " ";
    return switch (action) {
      case Action.Ensure(var server, var logins) -> name + server + desired(logins);
      case Action.Tidy(var server, var logins) -> name + server + desired(logins);
      case Action.Knock(var at) -> name + at(at);
      case Action.Fence(var server, var logins, long by, var within) ->
          name + server + logins(logins) + " by #" + by + " within " + within;
      case Action.Settle(_, var at, long by) -> name + at(at) + " by #" + by;
      case Action.Publish p -> name + at(p.attachment()) + owing(p.debts()) + " over " + p.guard();
      case Action.Amend a -> name + at(a.attachment()) + owing(a.debts());
      case Action.Project(var workload, var epoch) -> name + workload.key() + " epoch " + epoch;
      case Action.Withdraw(var workload) -> name + workload.key();
      case Action.Owe(var debts) -> name.strip() + owing(debts);
      case Action.HandOver(var debts) -> name.strip() + owing(debts);
      case Action.CatchUp(_, var to, _, _) -> name + to;
      case Action.CreateMissing(var place) -> name + place;
      case Action.CreateGroups(var place) -> name + place;
      case Action.Drop(var place) -> name + place;
      case Action.MarkAttached _, Action.Unpublish _ -> name.strip();
    };
  }

  private static String desired(List<Action.Desired> logins) {
    return logins.stream()
        .map(
            d ->
                " %s#%d=%s%s"
                    .formatted(
                        d.attachment().login(), d.attachment().epoch(), d.state(), access(d)))
        .collect(Collectors.joining(","));
  }

  private static String access(Action.Desired d) {
    var access = d.attachment().access();
    return d.state().letsIn() && access != Access.ReadWrite ? " " + access : "";
  }

  private static String logins(List<Attachment> logins) {
    return logins.stream()
        .map(l -> " " + l.login() + "#" + l.epoch())
        .collect(Collectors.joining(","));
  }

  private static String at(Attachment at) {
    return at.server() + " " + at.login() + "#" + at.epoch();
  }

  private static String owing(List<Debt> debts) {
    return debts.stream().map(d -> " owing " + at(d.attachment())).collect(Collectors.joining());
  }
}
