namespace HeteroAgent.LlamaCpp;

/// <summary>Counts the cells of the unified KV cache as llama.cpp uses them: a cell is one token at one position, shared by the sequences that were copied from each other.</summary>
internal sealed class KvCells
{
    private readonly int[] _references;
    private readonly Stack<int> _free;

    internal KvCells(int capacity)
    {
        _references = new int[capacity];
        _free = new Stack<int>(Enumerable.Range(0, capacity).Reverse());
    }

    internal int Capacity => _references.Length;

    internal int Free => _free.Count;

    internal int Take()
    {
        int cell = _free.Pop();
        _references[cell] = 1;
        return cell;
    }

    internal void Share(int cell) => _references[cell]++;

    internal void Release(int cell)
    {
        if (--_references[cell] == 0)
        {
            _free.Push(cell);
        }
    }
}
