package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One thing to do. Carries names, never secrets.
public sealed interface Action {

  /// Set the annotation that says the service was attached once.
  record MarkAttached() implements Action {}

  /// Create what the place lies in when it is missing.
  record CreateMissing(Place place) implements Action {}

  /// Creates what rights are granted to, before there is a login: whoever restores data needs it.
  record CreateGroups(Place place) implements Action {}

  /// Make these states true on one server.
  record Ensure(String server, List<Desired> logins) implements Action {
    public Ensure {
      logins = List.copyOf(logins);
    }
  }

  /// The same where nothing that follows depends on it.
  record Tidy(String server, List<Desired> logins) implements Action {
    public Tidy {
      logins = List.copyOf(logins);
    }
  }

  /// One login and its state.
  ///
  /// @param superseding the epoch that takes its place: written into its mark when it is locked,
  ///     and the one lock that may be taken back when it is to work; 0 for none
  record Desired(Attachment attachment, LoginState state, long superseding) {}

  /// Waits until the new server, where it follows the old one, has all that was written before the
  /// fence; then compares sequences, which do not follow.
  ///
  /// @param position of the old server's log after the fence
  /// @param advance whether sequences that are behind are set
  record CatchUp(Place from, Place to, String position, boolean advance) implements Action {}

  /// Log in as the workload would.
  record Knock(Attachment attachment) implements Action {}

  /// Lock logins, end their sessions and prove that nobody is left.
  ///
  /// @param logins every one of the service that may still log in there, but the prepared one
  /// @param superseding the epoch that takes their place
  record Fence(String server, List<Attachment> logins, long superseding, Duration within)
      implements Action {
    public Fence {
      logins = List.copyOf(logins);
    }
  }

  /// Fence a login that shall not work any more, after the cut: a debt, or an old one that came
  /// back.
  ///
  /// @param server the name to reach it by: its own, or another one of the same running server
  record Settle(String server, Attachment attachment, long superseding) implements Action {}

  /// Write the binding Secret whole, guarded by the version that was seen.
  ///
  /// @param certificateEnds the latest end of a client certificate in it; empty: a whole life
  record Publish(
      Attachment attachment,
      Place requested,
      List<Debt> debts,
      String guard,
      Optional<Instant> certificateEnds)
      implements Action {
    public Publish {
      debts = List.copyOf(debts);
    }
  }

  /// Write what the Secret says about the request and the debts; the credential stays.
  ///
  /// @param aborted the epoch that will not be published any more; 0 for none
  record Amend(Attachment attachment, Place requested, List<Debt> debts, long aborted, String guard)
      implements Action {
    public Amend {
      debts = List.copyOf(debts);
    }
  }

  /// Give a workload the binding of an epoch.
  record Project(WorkloadFact workload, long epoch) implements Action {}

  /// Take everything of ours out of a workload.
  record Withdraw(WorkloadFact workload) implements Action {}

  /// Delete the binding Secret.
  record Unpublish() implements Action {}

  /// Remember debts; nothing else is done.
  record Owe(List<Debt> debts) implements Action {
    public Owe {
      debts = List.copyOf(debts);
    }
  }

  /// Hand debts over to the server, so that nothing waits for it.
  record HandOver(List<Debt> debts) implements Action {
    public HandOver {
      debts = List.copyOf(debts);
    }
  }

  /// Drop what the operator created for this service at a place and nobody else uses.
  record Drop(Place place) implements Action {}

  /// Whether the rest of the plan goes on when this fails: one workload, or one old debt, is no
  /// reason to stop.
  default boolean independent() {
    return switch (this) {
      case Project _, Withdraw _, Settle _, Tidy _, CreateGroups _ -> true;
      case MarkAttached _, CreateMissing _, Ensure _, Knock _, Fence _, Drop _ -> false;
      case Publish _, Amend _, Unpublish _, Owe _, HandOver _, CatchUp _ -> false;
    };
  }

  /// Whether it writes or deletes the binding Secret.
  default boolean writesBinding() {
    return switch (this) {
      case Publish _, Amend _, Unpublish _ -> true;
      case MarkAttached _, CreateMissing _, CreateGroups _, Ensure _, Tidy _, CatchUp _ -> false;
      case Knock _, Fence _, Settle _, Project _, Withdraw _, Owe _, HandOver _, Drop _ -> false;
    };
  }

  /// Whether it fences `login`.
  default boolean fences(Attachment login) {
    return switch (this) {
      case Fence(_, var logins, _, _) -> logins.stream().anyMatch(login::same);
      case Settle(_, var settled, _) -> settled.same(login);
      default -> false;
    };
  }

  /// Whether it makes `login` be in `state`.
  default boolean makes(Attachment login, LoginState state) {
    return desired().stream().anyMatch(d -> d.state() == state && d.attachment().same(login));
  }

  /// The states that it makes true; none when it is about something else.
  default List<Desired> desired() {
    return switch (this) {
      case Ensure(_, var logins) -> logins;
      case Tidy(_, var logins) -> logins;
      default -> List.of();
    };
  }
}
