package dev.backingservice.act;

import dev.backingservice.engine.EngineException;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.WorkloadRefusals;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServerText;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Outcome.Result;
import dev.backingservice.plan.Plan;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/// Carries out plans.
public final class Actor {
  private static final Logger LOG = Logger.getLogger(Actor.class);
  private final OnServers servers;
  private final Fencing fencing;
  private final OnSecrets secrets;
  private final OnWorkloads workloads;
  private final InstantSource clock;

  public Actor(
      OnServers servers,
      Fencing fencing,
      OnSecrets secrets,
      OnWorkloads workloads,
      InstantSource clock) {
    this.servers = servers;
    this.fencing = fencing;
    this.secrets = secrets;
    this.workloads = workloads;
    this.clock = clock;
  }

  /// Every action up to the first failure; one workload or one old debt does not stop the others.
  public List<Outcome> carryOut(Plan plan) {
    workloads.settled(plan.facts());
    var outcomes = new ArrayList<Outcome>();
    for (var action : plan.actions()) {
      var outcome = new Outcome(action, attempt(plan.facts(), action));
      outcomes.add(outcome);
      log(plan.facts(), outcome);
      if (!outcome.done() && !action.independent()) break;
    }
    return List.copyOf(outcomes);
  }

  /// A bug in one action is told like any other failure: the rest of the service's duties go on
  /// where they can.
  private Result attempt(Facts f, Action action) {
    try {
      return perform(f, action, clock.instant());
    } catch (EngineException e) {
      var failure = new Failure(e.reason(), discreet(f, action, e));
      return e.silent() ? new Result.Silent(failure) : new Result.Failed(failure);
    } catch (KubernetesClientException e) {
      if (Refusals.definite(e) && !outrun(action, e)) return new Result.Failed(refused(action, e));
      return new Result.Unclear(new Failure(Reason.Pending, Refusals.said(e)));
    } catch (RuntimeException e) {
      LOG.errorf(e, "a bug: service=%s action=%s", f.service().id(), name(action));
      return new Result.Failed(
          new Failure(Reason.InternalError, name(action) + " failed: see the operator's log"));
    }
  }

  /// Whether somebody was faster: the next look decides. A Secret that was read and is gone is
  /// written anew then.
  private static boolean outrun(Action action, KubernetesClientException e) {
    return Refusals.conflict(e) || (action.writesBinding() && Refusals.gone(e));
  }

  /// What a tenant did to its Secret is no bug of ours, nor is a quota or a webhook.
  private static Failure refused(Action action, KubernetesClientException e) {
    return switch (action) {
      case Action.Publish _, Action.Amend _, Action.Unpublish _ ->
          new Failure(
              Reason.SecretNotOwned,
              "the API server refuses the binding's Secret (%s): %s"
                  .formatted(
                      Refusals.said(e),
                      Refusals.invalid(e)
                          ? "delete it when it was made immutable, and it is written anew"
                          : "heal what it names and leave the Secret as it is"));
      case Action.Project(var workload, _) -> WorkloadRefusals.failure(workload.key(), e);
      case Action.Withdraw(var workload) -> WorkloadRefusals.failure(workload.key(), e);
      default -> new Failure(Reason.InternalError, Refusals.said(e));
    };
  }

  /// What tenants read; what it leaves out is for the platform team, in the log.
  private String discreet(Facts f, Action action, EngineException e) {
    var said = servers.discreet(action, e.sentence());
    if (!said.equals(ServerText.line(e.sentence())))
      LOG.infof("for the platform team: service=%s said=%s", f.service().id(), e.sentence());
    return said;
  }

  private Result perform(Facts f, Action action, Instant now) throws EngineException {
    return switch (action) {
      case Action.MarkAttached _ -> secrets.markAttached(f);
      case Action.CreateMissing(var place) -> servers.createMissing(f, place);
      case Action.CreateGroups(var place) -> servers.createGroups(f, place);
      case Action.Ensure(var server, var logins) -> servers.ensure(f, server, logins);
      case Action.Tidy(var server, var logins) -> servers.ensure(f, server, logins);
      case Action.CatchUp catchUp -> servers.catchUp(f, catchUp);
      case Action.Knock(var attachment) -> servers.knock(f, attachment);
      case Action.Fence fence -> fencing.fence(f, fence, now);
      case Action.Settle settle -> fencing.settle(f, settle, now);
      case Action.Publish publish -> secrets.publish(f, publish, now);
      case Action.Amend amend -> secrets.amend(f, amend);
      case Action.Project(var workload, long epoch) -> workloads.project(f, workload, epoch);
      case Action.Withdraw(var workload) -> workloads.withdraw(f, workload);
      case Action.Unpublish _ -> secrets.unpublish(f);
      case Action.Owe _ -> new Result.Done();
      case Action.HandOver(var debts) -> secrets.handOver(f, debts);
      case Action.Drop(var place) -> servers.drop(f, place);
    };
  }

  /// What changed something is worth a line; what goes on is not.
  private static void log(Facts f, Outcome outcome) {
    var level =
        switch (outcome.result()) {
          case Result.Draining _, Result.Unanswered _, Result.Silent _, Result.Unclear _ ->
              Logger.Level.DEBUG;
          case Result.LetIn _, Result.Full _ -> Logger.Level.DEBUG;
          case Result.Done _,
              Result.Written _,
              Result.Marked _,
              Result.Fenced _,
              Result.Failed _,
              Result.Stranger _ ->
              Logger.Level.INFO;
        };
    LOG.logf(
        level,
        "acted: service=%s action=%s result=%s",
        f.service().id(),
        name(outcome.action()),
        outcome.result());
  }

  private static String name(Action action) {
    return action.getClass().getSimpleName();
  }
}
