package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.Word;
import java.time.Duration;
import java.util.List;

/// One thing to do. Carries names, never secrets.
public sealed interface Action {

  /// Set the annotation that says the service was attached once.
  record MarkAttached() implements Action {}

  /// Create the database when it is missing.
  record CreateDatabase(Place place) implements Action {}

  /// Make these words true on one server.
  record Ensure(String server, List<Desired> words) implements Action {
    public Ensure {
      words = List.copyOf(words);
    }
  }

  /// The same on a server that the binding does not lead to.
  record Tidy(String server, List<Desired> words) implements Action {
    public Tidy {
      words = List.copyOf(words);
    }
  }

  /// One login and its word.
  record Desired(Attachment attachment, Word word) {}

  /// Log in as the workload would.
  record Knock(Attachment attachment) implements Action {}

  /// Lock a login, end its sessions and prove that nobody is left.
  record Fence(Attachment attachment, Duration within) implements Action {}

  /// Fence a login that shall not work any more, after the cut: a debt, or an old one that came
  /// back.
  record Settle(Attachment attachment) implements Action {}

  /// Write the binding Secret whole, guarded by the version that was seen.
  record Publish(Attachment attachment, Place requested, List<Debt> debts, String guard)
      implements Action {
    public Publish {
      debts = List.copyOf(debts);
    }
  }

  /// Write what the Secret says about the request and the debts; the credential stays.
  record Amend(Attachment attachment, Place requested, List<Debt> debts, String guard)
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

  /// Whether the rest of the plan goes on when this fails: one workload, or one old debt, is no
  /// reason to stop.
  default boolean independent() {
    return switch (this) {
      case Project _, Withdraw _, Settle _, Tidy _ -> true;
      case MarkAttached _, CreateDatabase _, Ensure _, Knock _, Fence _ -> false;
      case Publish _, Amend _, Unpublish _, Owe _, HandOver _ -> false;
    };
  }
}
