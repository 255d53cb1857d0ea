package dev.backingservice.act;

import dev.backingservice.engine.EngineException;
import dev.backingservice.kube.Refusals;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
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
  private final OnSecrets secrets;
  private final OnWorkloads workloads;
  private final InstantSource clock;

  public Actor(Hands hands, InstantSource clock) {
    this.servers = new OnServers(hands, clock);
    this.secrets = new OnSecrets(hands);
    this.workloads = new OnWorkloads(hands.workloads(), hands.rollouts());
    this.clock = clock;
  }

  /// Every action up to the first failure; one workload or one old debt does not stop the others.
  public List<Outcome> carryOut(Plan plan) {
    var outcomes = new ArrayList<Outcome>();
    for (var action : plan.actions()) {
      var outcome = new Outcome(action, attempt(plan.facts(), action));
      outcomes.add(outcome);
      log(plan.facts(), outcome);
      if (!outcome.done() && !action.independent()) break;
    }
    return List.copyOf(outcomes);
  }

  private Result attempt(Facts f, Action action) {
    try {
      return perform(f, action, clock.instant());
    } catch (EngineException e) {
      var failure = new Failure(e.reason(), e.sentence());
      return e.silent() ? new Result.Silent(failure) : new Result.Failed(failure);
    } catch (KubernetesClientException e) {
      if (Refusals.definite(e) && !Refusals.conflict(e))
        return new Result.Failed(new Failure(Reason.InternalError, Refusals.said(e)));
      return new Result.Unclear(new Failure(Reason.Pending, Refusals.said(e)));
    }
  }

  private Result perform(Facts f, Action action, Instant now) throws EngineException {
    return switch (action) {
      case Action.MarkAttached _ -> secrets.markAttached(f);
      case Action.CreateDatabase(var place) -> servers.createDatabase(f, place);
      case Action.Ensure(var server, var words) -> servers.ensure(f, server, words);
      case Action.Tidy(var server, var words) -> servers.ensure(f, server, words);
      case Action.Knock(var attachment) -> servers.knock(f, attachment);
      case Action.Fence(var attachment, var within) -> servers.fence(f, attachment, within, now);
      case Action.Settle(var attachment) -> servers.settle(f, attachment, now);
      case Action.Publish publish -> secrets.publish(f, publish, now);
      case Action.Amend amend -> secrets.amend(f, amend);
      case Action.Project(var workload, long epoch) -> workloads.project(f, workload, epoch);
      case Action.Withdraw(var workload) -> workloads.withdraw(f, workload);
      case Action.Unpublish _ -> secrets.unpublish(f);
      case Action.Owe _ -> new Result.Done();
      case Action.HandOver(var debts) -> secrets.handOver(f, debts);
    };
  }

  private static void log(Facts f, Outcome outcome) {
    LOG.infof(
        "acted: service=%s action=%s result=%s",
        f.service().id(), outcome.action().getClass().getSimpleName(), outcome.result());
  }
}
