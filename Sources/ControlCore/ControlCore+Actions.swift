import ClusterModel
import Workloads

/// What people ask for. Each request is judged whole before anything is changed; the answer is an event too.
extension ControlCore {
    mutating func carryOut(_ request: ActionRequest) {
        let answer: ActionAnswer
        if !state.storeFault.isEmpty, request.action.changesCluster {
            answer = refusal("refused: the state store takes nothing (\(state.storeFault)); running tasks go on")
        } else if !request.confirmed.isEmpty, isStale(request) {
            answer = refusal("refused: what was shown is no longer true; look at the plan again")
        } else {
            answer = perform(request.action, user: request.user)
        }
        emit(
            .acted(
                Acted(
                    user: request.user, action: request.action.word, accepted: answer.accepted, result: answer.message))
        )
        direct(.answer(request: request.request, answer))
    }

    private func isStale(_ request: ActionRequest) -> Bool {
        ControlCore.plan(request.action, in: state, at: now).fingerprint != request.confirmed
    }

    func refusal(_ message: String) -> ActionAnswer { ActionAnswer(accepted: false, message: message) }
    func done(_ message: String) -> ActionAnswer { ActionAnswer(accepted: true, message: message) }

    private mutating func perform(_ action: Action, user: String) -> ActionAnswer {
        switch action {
        case .submit(let request): submit(request, user)
        case .kill(let selection): kill(selection, user)
        case .hold(let selection): setGate(selection, holds: true)
        case .release(let selection): setGate(selection, holds: false)
        case .requeue(let selection): requeue(selection)
        case .priority(let change): setPriority(change)
        case .drain(let selection): drain(selection)
        case .undrain(let selection): undrain(selection)
        case .rescind(let selection): rescind(selection)
        case .scaleOut(let wish): scaleOut(wish, user)
        case .scaleIn(let selection): scaleIn(selection, user)
        case .autoscaler(let mode): switchAutoscaler(mode, user)
        case .weight(let change): setWeight(change, user)
        case .apply(let change): apply(change, user)
        case .note(let note): write(note, user)
        case .shutdown(let wish): shutDown(wish, user)
        case .addNodes(let request): addNodes(request, user)
        case .removeNodes(let request): removeNodes(request)
        case .orphans(let choice): decide(choice, user)
        case .followScaling(let wish): followScaling(wish, user)
        case .simulate: refusal("refused: simulated nodes live with a running core, not here")
        }
    }

    private mutating func switchAutoscaler(_ mode: AutoscalerMode, _ user: String) -> ActionAnswer {
        emit(.autoscaler(AutoscalerChanged(mode: mode, user: user)))
        switch mode {
        case .off: return done("autoscaler off: machines come and go by hand")
        case .on: return done("autoscaler on")
        case .dryRun: return done("autoscaler in dry run: it decides and shows, and does not act")
        }
    }

    private mutating func write(_ note: NoteText, _ user: String) -> ActionAnswer {
        let size = note.mark.utf8.count + note.text.utf8.count
        guard size > 0 else { return refusal("refused: the note is empty; say what to write") }
        guard size <= NoteText.limit else {
            return refusal("refused: the note has \(size) bytes, at most \(NoteText.limit) are kept; shorten it")
        }
        emit(.noted(Noted(user: user, mark: note.mark, text: note.text)))
        return done(note.mark.isEmpty ? "noted" : "mark \(note.mark) set")
    }

    private mutating func rescind(_ selection: OfferSelection) -> ActionAnswer {
        for id in selection.offers {
            guard state.offers.contains(id.index), state.offers[id.index].outcome == .open else {
                return refusal("refused: O-\(id.raw) is not open; open offers are listed by `bellows offers`")
            }
        }
        for id in selection.offers { close(id, .rescinded) }
        return done("\(selection.offers.count) offers taken back")
    }

    private mutating func shutDown(_ wish: Shutdown, _ user: String) -> ActionAnswer {
        guard wish.drain else {
            direct(.stop)
            return done("the core stops; \(placedTasks) tasks and \(state.index.liveInstances.count) machines stay")
        }
        emit(.ending(CoreEnding(user: user)))
        for slot in state.pools.indices { want(PoolID(slot), 0, Reason(.scaledIn), user) }
        for node in state.presentNodes {
            // Machines that somebody named stay in the registry: they are there again with the next core.
            let stays = isReachedWithoutProvider(node)
            startDrain(node, reason: Reason(.scaledIn), removes: !stays, patience: .zero)
        }
        return done("draining \(state.presentNodes.count) nodes; the core stops when the last machine is gone")
    }

    var placedTasks: Int { state.roles.reduce(0) { $0 + Int($1.placed) } }

    /// Sets how many instances are to exist in a pool.
    mutating func want(_ pool: PoolID, _ count: Int, _ reason: Reason, _ user: String) {
        let row = state.pools[pool.index]
        emit(
            .poolChanged(
                PoolChanged(
                    pool: pool, wanted: UInt32(max(0, count)), backOffUntil: row.backOffUntil,
                    failuresInRow: row.failuresInRow, fault: state.text(row.fault), reason: reason, user: user)))
    }
}
