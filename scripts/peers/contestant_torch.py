"""PyTorch, eager: nn.RNN, nn.GRU or nn.LSTM, a linear readout of the last step, clip_grad_norm_, Adam."""

import numpy
import torch

import problem
from problem import Arrays, Contestant, Shape

MODULES = {"elman": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


def layout(cell: str, values: Arrays) -> Arrays:
    """The parameters under torch's names: gates stacked along the rows, the second bias zero but for the GRU's b_hn."""
    gates = problem.GATES[cell]
    bias = numpy.concatenate([values[f"b_{gate}"] for gate in gates])
    second = numpy.zeros_like(bias)
    if cell == "gru":
        second[-len(values["b_hn"]) :] = values["b_hn"]
    return {
        "weight_ih_l0": numpy.concatenate([values[f"w_x{gate}"] for gate in gates]),
        "weight_hh_l0": numpy.concatenate([values[f"w_h{gate}"] for gate in gates]),
        "bias_ih_l0": bias,
        "bias_hh_l0": second,
    }


class Torch(Contestant):
    def version(self) -> str:
        return f"PyTorch {torch.__version__}"

    def prepare(self, shape: Shape) -> None:
        values = problem.parameters(shape.cell, shape.hidden)
        self.x, self.target = map(torch.from_numpy, problem.data(shape.batch, shape.steps))
        self.network = MODULES[shape.cell](problem.INPUTS, shape.hidden)
        self.readout = torch.nn.Linear(shape.hidden, problem.OUTPUTS)
        self.network.load_state_dict({k: torch.from_numpy(v) for k, v in layout(shape.cell, values).items()})
        self.readout.load_state_dict({"weight": torch.from_numpy(values["w"]), "bias": torch.from_numpy(values["b"])})
        # The second bias that longlag does not have is not trained.
        second = self.network.bias_hh_l0
        if shape.cell == "gru":
            kept = torch.zeros_like(second)
            kept[-shape.hidden :] = 1.0
            second.register_hook(lambda gradient: gradient * kept)
        else:
            second.requires_grad_(False)
        every = [*self.network.parameters(), *self.readout.parameters()]
        self.trained = [parameter for parameter in every if parameter.requires_grad]
        self.optimizer = torch.optim.Adam(
            self.trained, problem.LEARNING_RATE, (problem.BETA1, problem.BETA2), problem.EPSILON, fused=True
        )

    def updates(self, count: int) -> float:
        for _ in range(count):
            self.optimizer.zero_grad()
            outputs, _ = self.network(self.x)
            loss = torch.nn.functional.mse_loss(self.readout(outputs[-1]), self.target)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.trained, problem.LARGEST_NORM)
            self.optimizer.step()
        return loss.item()


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    Torch().serve()
